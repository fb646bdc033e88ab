"""The published vocabularies: standard library only, and the only source of the codes in the schemas."""

import subprocess
import sys
from enum import StrEnum
from typing import Final

import pytest
from marshmallow import ValidationError

from hub_contracts import EVENTS, MARKS, vocabulary
from hub_contracts.documents.json_schema import record_schemas
from hub_contracts.documents.words import described_fields
from hub_contracts.events import RecordSchema
from hub_contracts.fields import OneOf, Several
from hub_contracts.vocabulary import Phase
from hub_local.places import ROOT

# Published as plain codes, without a list of values.
OPEN: Final = {vocabulary.AssignmentEndReason, vocabulary.VisitCancellationReason}
WITHOUT_MARSHMALLOW: Final = """
import sys
sys.modules["marshmallow"] = None  # importing it raises ImportError
import hub_contracts
import hub_contracts.vocabulary
print(hub_contracts.vocabulary.Phase.PRIMARY)
print(*sorted({name.partition(".")[0] for name in sys.modules} - sys.stdlib_module_names))
try:
    hub_contracts.parse
except ImportError:
    print("parse needs marshmallow")
"""


def vocabularies() -> set[type[StrEnum]]:
    found = {getattr(vocabulary, name) for name in vocabulary.__all__}
    assert len(found) == len(vocabulary.__all__) > 20
    return found


def fields_of(schema: RecordSchema) -> list[OneOf]:
    fields = [
        field.inner if isinstance(field, Several) else field for field in described_fields(schema).values()
    ]
    return [field for field in fields if isinstance(field, OneOf)]


def test_vocabulary_is_imported_without_marshmallow() -> None:
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT_MARSHMALLOW],
        env={"PYTHONPATH": str(ROOT / "shared")},
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )
    value, packages, refused = run.stdout.splitlines()
    assert value == "primary"
    assert set(packages.split()) <= {"__main__", "hub_contracts", "marshmallow"} | site_packages()
    assert refused == "parse needs marshmallow"


def site_packages() -> set[str]:
    """Packages that any interpreter here imports at its start, such as finders of editable installations."""
    started = subprocess.run(
        [sys.executable, "-c", "import sys; print(*{name.partition('.')[0] for name in sys.modules})"],
        env={},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(started.stdout.split())


def test_every_name_of_the_package_is_found_and_no_other() -> None:
    import hub_contracts

    for name in hub_contracts.__all__:
        assert getattr(hub_contracts, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'EVENT'"):
        _ = hub_contracts.EVENT  # type: ignore[attr-defined]


def test_every_vocabulary_is_used_by_a_schema() -> None:
    schemas = [event.schema for event in (EVENTS | MARKS).values()]
    schemas += [record for schema in schemas for record in record_schemas(schema).values()]
    used = {
        type(member) for schema in schemas for field in fields_of(schema) for member in field.members.values()
    }
    assert used == vocabularies() - OPEN


def test_a_code_is_read_as_its_member() -> None:
    field = OneOf(Phase, "A phase")
    read = field.deserialize("primary")
    assert read is Phase.PRIMARY
    assert type(field.serialize("phase", {"phase": read})) is str
    with pytest.raises(ValidationError, match="Must be one of"):
        field.deserialize("tertiary")
