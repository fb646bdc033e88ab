"""What the person at the terminal sees; plain lines when nobody looks."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from hub_local.failures import CannotStart


@dataclass
class Terminal:
    """Lines of text, the times that parts took, and the bar of the load."""

    console: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))
    begun: float = field(default_factory=time.monotonic)
    times: dict[str, float] = field(default_factory=dict)

    def say(self, text: str) -> None:
        """Print a line as it is."""
        self.console.print(text, markup=False)

    def took(self, part: str, since: float, what: str = "") -> None:
        """Say how long a part took, measured from `since` (a monotonic instant)."""
        self.times[part] = time.monotonic() - since
        self.say(f"{part:<12}{self.times[part]:6.1f} s  {what}".rstrip())

    @contextlib.contextmanager
    def part(self, name: str, what: str = "") -> Iterator[None]:
        """Show that a part is being worked on; say how long it took."""
        since = time.monotonic()
        with self.console.status(f"{name} …"):
            yield
        self.took(name, since, what)

    def progress(self) -> Progress:
        """The bar of the load."""
        return Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.console,
        )

    def failure(self, failure: CannotStart) -> None:
        """Say what is wrong, with the evidence."""
        self.say(str(failure))
        if failure.log is not None:
            for line in failure.lines:
                self.say(f"    {line}")
            self.say(f"The whole log: {shown(failure.log)}")


def shown(path: Path) -> str:
    """A path as short as it can be said from here."""
    with contextlib.suppress(ValueError):
        return str(path.relative_to(Path.cwd()))
    return str(path)
