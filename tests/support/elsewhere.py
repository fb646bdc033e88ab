"""The same again in another process, whose sets and dictionaries of strings have another order."""

import os
import subprocess
import sys

from hub_local.places import ROOT, python_path

HASH_SEED = {"PYTHONHASHSEED": "4711"}


def printed_elsewhere(code: str, *arguments: str) -> str:
    """Return the output of a program without the final newline; `arguments` are its `sys.argv[1:]`."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *arguments],
        env=os.environ | HASH_SEED | {"PYTHONPATH": os.pathsep.join([python_path(), str(ROOT)])},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()
