"""A RabbitMQ and a PostgreSQL of the fault suite's own, to be killed, stopped and started at will."""

from pathlib import Path

from tests.faults.surroundings import Surroundings


class Servers:
    """Both, for one lane of the suite, and the Python that its programs run on."""

    def __init__(self, folder: Path, surroundings: Surroundings) -> None:
        self.folder = folder
        self.python = surroundings.python
        self.database = surroundings.make_database(folder)
        try:
            self.broker = surroundings.make_broker(folder)
        except BaseException:
            self.database.remove()
            raise

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
