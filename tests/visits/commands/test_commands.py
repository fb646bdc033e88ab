"""Requests that the schemas of visits' commands accept and refuse."""

from typing import Any

import pytest
from marshmallow import ValidationError

from hub_visits.commands import ExcuseHalfTermSchema, LogVisitSchema, SetCalendarSchema


def calendar(scope: str) -> dict[str, Any]:
    half_term = {"n": 1, "starts_on": "2025-09-03", "ends_on": "2025-10-24"}
    return {"scope": scope, "academic_year": "2025/26", "half_terms": [half_term]}


@pytest.mark.parametrize("scope", ["hub", "la:873", "trust:17422", "trust:" + "9" * 100, "school:110623"])
def test_a_scope_is_read(scope: str) -> None:
    assert SetCalendarSchema().load(calendar(scope)).scope == scope


@pytest.mark.parametrize(
    "scope",
    [
        "",
        "hubs",
        "hub\n",
        "la:87",
        "la:٨٧٣",  # Arabic-Indic digits, which no table and no event takes
        "trust:",
        "trust:é",
        "trust:" + "9" * 101,  # its subject would be too long for a reader
        "school:010623",
        "school:1106２3",  # a full-width digit
    ],
)
def test_a_scope_that_no_event_could_name_is_refused(scope: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        SetCalendarSchema().load(calendar(scope))
    assert [*refusal.value.messages_dict] == ["scope"]


@pytest.mark.parametrize(("half_term", "known"), [("2025-1", True), ("٢٠٢٥-1", False), ("2025-7", False)])
def test_a_half_term_is_written_in_ascii_digits(half_term: str, known: bool) -> None:
    body = {"urn": "110623", "half_term": half_term, "kind": "visit", "reason": "snow"}
    assert (ExcuseHalfTermSchema().validate(body) == {}) is known


LOG = {
    "visit_id": "01920000-0000-7000-8000-00000000000a",
    "happened_on": "2025-09-18",
    "half_days": 1,
    "actions": [{"text": " Try bar models ", "owner_role": "maths_lead", "due_on": "2025-10-02"}],
}


def test_a_note_keeps_its_lines_and_an_action_is_one() -> None:
    log = LogVisitSchema().load(LOG | {"note": "A calm morning.\r\nBar models next."})
    assert (log.note, log.actions[0].text) == ("A calm morning.\nBar models next.", "Try bar models")
    assert LogVisitSchema().load(LOG | {"note": ""}).note == ""


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"note": "A calm\x0bmorning."}, "note"),
        (
            {"actions": [{"text": "Try\nbars", "owner_role": "maths_lead", "due_on": "2025-10-02"}]},
            "actions",
        ),
        ({"actions": [{"text": " ", "owner_role": "maths_lead", "due_on": "2025-10-02"}]}, "actions"),
    ],
)
def test_control_character_in_a_visits_text_is_refused(changes: dict[str, Any], refused: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        LogVisitSchema().load(LOG | changes)
    assert [*refusal.value.messages_dict] == [refused]
