"""Changes of people's records, checked in the requests."""

from datetime import date

from tests.demonstration.counting import body, given_up, made, named, placed, sent
from tests.demonstration.years import Year


def test_a_duplicate_is_seen_tried_and_then_merged(year: Year) -> None:
    (found,) = sent(year.commands, r".*/teachers/duplicates")
    trial, merger = sent(year.commands, r".*/teachers/merges")
    assert (body(trial)["dry_run"], body(merger)["dry_run"]) == (True, False)
    assert found.at < trial.at < merger.at
    people = {c.key: body(c) for c in sent(year.commands, r".*/v1/teachers")}
    goes, stays = (people[made(body(merger)[name])] for name in ("from_id", "into_id"))
    assert goes["email"] == stays["email"]
    assert "trn" not in goes, "two numbers would be in the way"


def test_a_participant_moves_between_schools_after_christmas(year: Year) -> None:
    (move,) = sent(year.commands, r".*/teachers/.*/moves")
    person = next(body(c) for c in sent(year.commands, r".*/v1/teachers") if c.key == named(move))
    assert body(move)["from_urn"] == person["urn"] != body(move)["to_urn"]
    assert date(2026, 1, 1) <= date.fromisoformat(body(move)["moved_on"]) <= move.at.date()


def test_who_is_erased_has_left_and_saw_what_was_held(year: Year) -> None:
    (export,) = sent(year.commands, r".*/teachers/.*/subject-access")
    (erasure,) = sent(year.commands, r".*/teachers/.*/anonymisation")
    assert named(export) == named(erasure)
    assert export.at < erasure.at
    assert year.commands[-1] == erasure, "stored answers go with it"
    held = {key for key, (_, teacher) in placed(year.commands).items() if teacher == named(erasure)}
    assert held
    assert held <= given_up(year.commands)
