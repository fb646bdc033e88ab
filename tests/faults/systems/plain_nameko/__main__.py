"""Run one of them as `nameko run` does: `python -m tests.faults.systems.plain_nameko publisher|consumer`."""

import eventlet

eventlet.monkey_patch()

if __name__ == "__main__":
    import logging
    import sys

    from nameko.cli.run import run  # type: ignore[import-untyped,unused-ignore]
    from tests.faults.systems.plain_nameko.service import CLASSES, CONFIG

    logging.basicConfig(level=logging.WARNING)
    run([CLASSES[sys.argv[1]]], CONFIG)
