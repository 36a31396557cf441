#!/bin/bash
# The name that docker-stacks had until October 2023.
exec start-notebook.py "$@"
