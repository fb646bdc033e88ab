"""Run one of them: `python -m tests.faults.systems.faststream publisher|consumer`."""

import asyncio
import sys

from tests.faults.systems.faststream.service import APPLICATIONS

if __name__ == "__main__":
    asyncio.run(APPLICATIONS[sys.argv[1]]().run())
