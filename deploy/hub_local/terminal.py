"""Output for the operator; without a terminal plain lines instead of progress bars."""

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
    """Prints lines, durations of parts, and the progress bar of the demonstration."""

    console: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))
    begun: float = field(default_factory=time.monotonic)
    times: dict[str, float] = field(default_factory=dict)

    def say(self, text: str) -> None:
        """Print a line without interpreting markup."""
        self.console.print(text, markup=False)

    def took(self, part: str, since: float, what: str = "") -> None:
        """Print the seconds that a part took, from `since` (a monotonic instant) to now."""
        self.times[part] = time.monotonic() - since
        self.say(f"{part:<12}{self.times[part]:6.1f} s  {what}".rstrip())

    @contextlib.contextmanager
    def part(self, name: str, what: str = "") -> Iterator[None]:
        """Show a status during a part, and print its duration afterwards."""
        since = time.monotonic()
        with self.console.status(f"{name} …"):
            yield
        self.took(name, since, what)

    def progress(self) -> Progress:
        """Return the progress bar of the demonstration."""
        return Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.console,
        )

    def failure(self, failure: CannotStart) -> None:
        """Print a failure with the lines of its log."""
        self.say(str(failure))
        if failure.log is not None:
            for line in failure.lines:
                self.say(f"    {line}")
            self.say(f"The whole log: {shown(failure.log)}")


def shown(path: Path) -> str:
    """Return a path relative to the current folder where possible."""
    with contextlib.suppress(ValueError):
        return str(path.relative_to(Path.cwd()))
    return str(path)
