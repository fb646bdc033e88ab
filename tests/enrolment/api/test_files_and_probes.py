"""Over HTTP: whatever file is sent, the service answers as it should, its probe in time, within its memory.

What a machine that does other things adds to the time of a probe is taken off: see `tests.support.stalls`.
"""

from collections.abc import Callable, Iterator, Mapping

import pytest
from tests.enrolment import honest_files, hostile_files, program_files
from tests.enrolment.desk import Desk
from tests.enrolment.lists import as_csv, line
from tests.support.services import RunningService
from tests.support.stalls import watched

from hub_enrolment.api.uploads import LARGEST_FILE, XLSX

CONTAINER = 256 * 1024 * 1024  # bytes; deploy/compose.yaml
PROBE = 0.3  # seconds

Files = Iterator[tuple[str, bytes | Callable[[], bytes], str]]  # name, content, code of the refusal or ""


def honest() -> Files:
    """Lists that are read."""
    for tables in (honest_files.HONEST, program_files.HONEST):
        for name, (raw, *_) in tables.items():
            yield name, raw, ""
    for name in program_files.OF_LIBREOFFICE:
        yield name, (program_files.LIBREOFFICE / name).read_bytes(), ""
    rows = [line(honest_files.URN, given=f"Ada {number}", email="office@s.example") for number in range(500)]
    yield "500 rows", as_csv(*rows), ""


def hostile() -> Files:
    """Files that are refused."""
    tables: tuple[Mapping[str, tuple[bytes | Callable[[], bytes], str]], ...]
    tables = (hostile_files.HOSTILE, program_files.REFUSED)
    for table in tables:
        for name, (raw, code) in table.items():
            yield name, raw, code
    for name, (code, _) in program_files.REFUSED_OF_LIBREOFFICE.items():
        yield name, (program_files.LIBREOFFICE / name).read_bytes(), code


@pytest.mark.parametrize("files", [honest, hostile])
def test_the_probe_is_answered_in_time_for_each_file(
    desk: Desk, enrolment: RunningService, files: Callable[[], Files]
) -> None:
    address = f"work-groups/{desk.group()}/uploads?mode=preview"
    wrong, sent = [], list(files())
    for name, made, code in sent:
        raw = made if isinstance(made, bytes) else made()
        with watched(enrolment) as seen:
            reply = desk.post(address, raw, Content_Type=XLSX)
        told = "" if reply.status == 200 else reply.json["code"]
        expected = told == code or (len(raw) > LARGEST_FILE and told == "request_entity_too_large")
        if not expected or max(seen.probes) > PROBE or seen.memory >= CONTAINER:
            wrong.append((name, told, max(seen.probes), seen.memory))
    assert wrong == []
    assert len(sent) >= 40
