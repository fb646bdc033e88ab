"""The exit code by which a supervisor tells a process that had to be ended from one that left."""

import os

from hub_platform.stopping import FORCED


def test_a_process_that_had_to_be_ended_says_that_its_software_failed() -> None:
    assert FORCED == os.EX_SOFTWARE == 70  # sysexits.h
