"""A RabbitMQ and a PostgreSQL of the fault suite's own, to be killed, stopped and started at will."""

from pathlib import Path

from tests.faults.contained import ContainedPrograms
from tests.faults.surroundings import Kind, Surroundings

from hub_local.processes import Programs


class Servers:
    """Both, for one lane of the suite, and the Python that its programs run on."""

    def __init__(self, folder: Path, surroundings: Surroundings) -> None:
        self.folder = folder
        self.python = surroundings.python
        self._surroundings = surroundings
        self.database = surroundings.make_database(folder)
        try:
            self.broker = surroundings.make_broker(folder)
        except BaseException:
            self.database.remove()
            raise

    def programs(self, folder: Path) -> Programs:
        """Return what starts nodes of a cluster; they write below this folder."""
        logs, records = folder / "log", folder / "run"
        if self._surroundings.kind is Kind.NODE:
            return Programs(logs, records)
        return ContainedPrograms(logs, records, shared=self.folder)

    def heal(self) -> None:
        """Start again whatever a case left away."""
        if not self.database.runs:
            self.database.start()
        if not self.broker.runs:
            self.broker.start()

    def stop(self) -> None:
        """End both; what they keep is thrown away."""
        self.broker.remove()
        self.database.remove()
