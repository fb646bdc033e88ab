"""Progress of a run: the progress bar, and the duration of each phase."""

import contextlib
import time
from collections.abc import Callable, Iterator

from rich.progress import Progress


class Watch:
    """Measures the total duration of phases, and advances the bar."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self.seconds: dict[str, float] = {}
        self._done = 0
        self._progress = progress
        self._task = progress.add_task("", total=total) if progress is not None and total else None

    @contextlib.contextmanager
    def phase(self, name: str, size: int = 0) -> Iterator[Callable[[int], None]]:
        """Measure a part of a phase; the block calls the function with the number of remaining commands."""
        since = time.monotonic()
        self.show(name)
        yield lambda left: self.show(name, size - left)
        self._done += size
        self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - since

    def show(self, name: str, done: int = 0) -> None:
        """Show the name of the phase and the number of done commands."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, description=name, completed=self._done + done)
