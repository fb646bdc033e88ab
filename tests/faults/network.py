"""The network between the programs and the broker, as good or as bad as a case wants it."""

import contextlib
import sys

from tests.faults import proxy
from tests.support.waiting import wait_until

from local import ports
from local.places import ROOT, python_path
from local.processes import Programs


class Network:
    """A proxy process that stands before the broker."""

    def __init__(self, programs: Programs, broker_port: int) -> None:
        self.port = ports.any_free()
        self._control = ports.any_free()
        numbers = [str(number) for number in (self.port, broker_port, self._control)]
        self._proxy = programs.start(
            "proxy",
            [sys.executable, "-m", proxy.__name__, *numbers],
            environment={"PYTHONPATH": python_path()},
            folder=ROOT,
        )
        wait_until(self._answers)

    def cut(self) -> None:
        """Reset every connection; new ones pass."""
        self._harm("cut")

    def cut_if_any(self) -> None:
        """Reset whatever connections there happen to be."""
        proxy.order(self._control, "cut")

    def refuse(self) -> None:
        """Reset every connection and take no new one."""
        self._harm("refuse")

    def swallow(self) -> None:
        """Let every connection die without telling anybody; new ones pass."""
        self._harm("swallow")

    def slow_down(self) -> None:
        """Pass everything late and little by little."""
        proxy.order(self._control, "slow")

    def heal(self) -> None:
        """Be a good network again."""
        proxy.order(self._control, "pass")

    def stop(self) -> None:
        """End it."""
        self._proxy.stop(grace=1)

    def _harm(self, word: str) -> None:
        assert proxy.order(self._control, word) > 0, "no connection went through the proxy"

    def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            return proxy.order(self._control, "pass") == 0
        return False
