"""Run one as the command `nameko run` does: `python -m stock <Class> <AMQP URI> [heartbeat in seconds]`."""

import logging
import sys

import eventlet

eventlet.monkey_patch()

from nameko.cli.run import run  # noqa: E402 - after the patch, as in nameko's own command

from stock import services  # noqa: E402

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stdout)
    config: dict[str, str | int] = {"AMQP_URI": sys.argv[2]}
    if len(sys.argv) > 3:
        config["HEARTBEAT"] = int(sys.argv[3])
    run([getattr(services, sys.argv[1])], config)
