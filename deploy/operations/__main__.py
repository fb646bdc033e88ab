"""`python -m operations secrets FOLDER`: what `make up` runs first."""

import argparse
import sys
from pathlib import Path

from operations.secret_files import WeakSecret, make


def main() -> None:
    """Do what the command line asks; one sentence when it cannot be done."""
    parser = argparse.ArgumentParser(prog="operations", description="What a deployment needs.")
    parser.add_argument("command", choices=["secrets"])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    try:
        made = make(folder)
    except WeakSecret as exc:
        sys.exit(str(exc))
    except OSError as exc:
        sys.exit(f"The secrets cannot be written: {exc.strerror}: {exc.filename}.")
    if made:
        print(f"Made {len(made)} secrets. They are in no other place: a backup holds them, too.")  # noqa: T201 - a command's answer


if __name__ == "__main__":
    main()
