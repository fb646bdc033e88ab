"""The folder of the real national register's files, outside this checkout."""

from typing import Final

import pytest

from hub_local.places import ROOT

REGISTER: Final = ROOT.parent / "shared" / "data" / "gias"

needs_register = pytest.mark.skipif(not REGISTER.exists(), reason="the real register's files are missing")
