"""The network between the programs and a server, as good or as bad as a case wants it."""

import contextlib
import sys

from tests.faults import proxy
from tests.support.waiting import wait_until

from hub_local import ports
from hub_local.places import ROOT, python_path
from hub_local.processes import Invocation, Programs


class Network:
    """A proxy process that stands before a server."""

    def __init__(self, programs: Programs, server_port: int, name: str = "proxy") -> None:
        self.port = ports.any_free()
        self._control = ports.any_free()
        self._proxy = programs.start(
            Invocation(
                name,
                [sys.executable, "-m", proxy.__name__, str(self._control), f"{self.port}:{server_port}"],
                environment={"PYTHONPATH": python_path()},
                folder=ROOT,
            )
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

    def refuse_if_any(self) -> None:
        """Reset whatever connections there happen to be and take no new one."""
        proxy.order(self._control, "refuse")

    def swallow(self) -> None:
        """Let every connection die without a reset to either end; new ones pass."""
        self._harm("swallow")

    def fall_silent(self) -> None:
        """Let every connection die without a reset to either end, and new ones too, until it is healed."""
        self._harm("silence")

    def freeze(self) -> None:
        """Hold back whatever is sent until it is healed."""
        proxy.order(self._control, "freeze")

    def slow_down(self) -> None:
        """Pass everything late and little by little."""
        proxy.order(self._control, "slow")

    def heal(self) -> None:
        """Be a good network again."""
        proxy.order(self._control, "pass")

    def stop(self) -> None:
        """Stop the proxy; its connections are cut."""
        self._proxy.stop(grace=1)

    def _harm(self, word: str) -> None:
        assert proxy.order(self._control, word) > 0, "no connection went through the proxy"

    def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            return proxy.order(self._control, "pass") == 0
        return False


class Networks:
    """The proxies of one case, each before one server."""

    def __init__(self, programs: Programs) -> None:
        self._programs = programs
        self._before: dict[int, Network] = {}

    def before(self, server_port: int, name: str) -> Network:
        """Put a proxy before a server."""
        self._before[server_port] = Network(self._programs, server_port, name)
        return self._before[server_port]

    def through(self, url: str) -> str:
        """The URL that leads to the same server by way of its proxy, if it has one."""
        for port, network in self._before.items():
            url = url.replace(f":{port}/", f":{network.port}/")
        return url

    def stop(self) -> None:
        """End all of them."""
        for network in self._before.values():
            network.stop()
