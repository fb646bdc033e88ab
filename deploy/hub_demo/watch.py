"""How far a load is: what the progress bar shows, and how long each phase took."""

import contextlib
import time
from collections.abc import Callable, Iterator

from rich.progress import Progress


class Watch:
    """Measures how long phases take in all, and moves the bar."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self.seconds: dict[str, float] = {}
        self._done = 0
        self._progress = progress
        self._task = progress.add_task("", total=total) if progress is not None and total else None

    @contextlib.contextmanager
    def phase(self, name: str, size: int = 0) -> Iterator[Callable[[int], None]]:
        """A part of a phase with so many commands; gives what hears how many of them are left."""
        since = time.monotonic()
        self.show(name)
        yield lambda left: self.show(name, size - left)
        self._done += size
        self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - since

    def show(self, name: str, done: int = 0) -> None:
        """Say what is being done, and how much of it has been."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, description=name, completed=self._done + done)
