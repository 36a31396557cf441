#!/bin/bash
# Runs a command as the notebook's user, as docker-stacks does: a container
# that starts as root becomes NB_UID, unless that is root too.
set -e
[ $# -gt 0 ] || set -- bash
if [ "$(id -u)" = 0 ] && [ "${NB_UID:-1000}" != 0 ]; then
	exec setpriv --reuid="${NB_UID:-1000}" --regid="${NB_GID:-100}" --clear-groups -- "$@"
fi
exec "$@"
