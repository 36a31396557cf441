#!/usr/bin/python3
"""Starts Jupyter with the arguments in NOTEBOOK_ARGS, as docker-stacks does."""

import os
import shlex
import sys

# Debian's notebook 6 knows only the old names of the options.
OLD_NAMES = {
    "--ServerApp.root_dir": "--NotebookApp.notebook_dir",
    "--ServerApp.": "--NotebookApp.",
    "--IdentityProvider.": "--NotebookApp.",
}


def with_old_name(argument):
    for new, old in OLD_NAMES.items():
        if argument.startswith(new):
            return old + argument[len(new):]
    return argument


arguments = shlex.split(os.environ.get("NOTEBOOK_ARGS", "")) + sys.argv[1:]
command = ["start.sh", "jupyter", "notebook", *map(with_old_name, arguments)]
os.execvp(command[0], command)
