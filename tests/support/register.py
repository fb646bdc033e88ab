"""Where the files of the real national register lie: beside this checkout, never in it."""

from typing import Final

import pytest

from hub_local.places import ROOT

REGISTER: Final = ROOT.parent / "shared" / "data" / "gias"

needs_register = pytest.mark.skipif(
    not REGISTER.exists(), reason="the real register's files are not beside this checkout"
)
