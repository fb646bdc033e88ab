"""What was released stays: the schemas of today are kept beside it, and a field needs a meaning."""

import json
from datetime import date
from pathlib import Path

import pytest
from marshmallow import fields

from hub_contracts.documents.words import described_fields
from hub_contracts.events import RecordSchema
from hub_contracts.generate import RELEASED, broken, release, schemas

TODAY = date(2026, 11, 30)


def test_a_release_keeps_every_schema_and_says_which_changed(tmp_path: Path) -> None:
    names = sorted(f"{RELEASED}/{name}" for name in schemas())
    assert sorted(release(tmp_path)) == names
    assert release(tmp_path) == []
    (tmp_path / names[0]).write_text("{}")
    assert release(tmp_path) == [names[0]]
    assert broken(tmp_path, TODAY) == []


def test_a_version_that_is_gone_breaks_its_readers(tmp_path: Path) -> None:
    release(tmp_path)
    (tmp_path / RELEASED / "VisitDreamt.1.json").write_text(json.dumps({"type": "object"}))
    assert broken(tmp_path, TODAY) == ["VisitDreamt.1.json: removed"]


def test_a_field_without_a_meaning_cannot_be_documented() -> None:
    class Schema(RecordSchema):
        plain = fields.Integer()

    with pytest.raises(TypeError, match=r"Schema\.plain has no meaning"):
        described_fields(Schema())
