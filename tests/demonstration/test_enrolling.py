"""How else than by a plain enrolment one gets onto a group, read as requests."""

import csv
import io
from datetime import datetime

from tests.demonstration.counting import body, cancelled, given_up, made, named, placed, sent
from tests.demonstration.years import Year

from hub_demo.commands import Command


def of_group(year: Year, command: Command) -> Command:
    """The command that opened a command's group."""
    return next(c for c in sent(year.commands, r".*/v1/work-groups") if c.key == command.lane)


def test_schools_apply_in_time_with_their_heads_agreement(year: Year) -> None:
    drafts = {c.key: c for c in sent(year.commands, r".*/work-groups/.*/applications")}
    submitted = {named(c): c for c in sent(year.commands, r".*/applications/.*/submission")}
    decided = {named(c): c for c in sent(year.commands, r".*/applications/.*/decision")}
    off = cancelled(year.commands)
    assert set(drafts) == set(submitted)
    assert set(decided) == {key for key, draft in drafts.items() if draft.lane not in off}
    for key, decision in decided.items():
        draft = drafts[key]
        assert datetime.fromisoformat(body(draft)["head_agreed_at"]) < draft.at < submitted[key].at
        closes = datetime.fromisoformat(body(of_group(year, draft))["closes_at"])
        assert submitted[key].at < closes < decision.at
    assert {body(c)["decision"] for c in decided.values()} == {"accepted", "declined"}


def test_who_was_applied_for_is_enrolled_and_no_other(year: Year) -> None:
    decided = {named(c): body(c)["decision"] for c in sent(year.commands, r".*/applications/.*/decision")}
    holders = set(placed(year.commands).values())
    for draft in sent(year.commands, r".*/work-groups/.*/applications"):
        for one in body(draft)["participants"]:
            has_place = (draft.lane, made(one["teacher_id"])) in holders
            assert has_place == (decided.get(draft.key) == "accepted")


def test_a_list_is_tried_before_it_is_taken_and_has_known_people_and_new_ones(year: Year) -> None:
    preview, applied = sent(year.commands, r".*/uploads.*")
    assert preview.at < applied.at
    assert preview.body == applied.body
    assert isinstance(applied.body, bytes)
    rows = list(csv.DictReader(io.StringIO(applied.body.decode(), newline="")))
    registered = {body(c)["email"] for c in sent(year.commands, r".*/v1/teachers")}
    known = [row for row in rows if row["email"] in registered]
    assert 0 < len(known) < len(rows)
    looked_up = [c for c in sent(year.commands, r".*/enrolments.limit=200") if c.lane == applied.lane]
    assert len(looked_up) == len(rows) + len(rows) - len(known)


def test_a_place_moves_within_a_programme_before_the_groups_are_confirmed(year: Year) -> None:
    (transfer,) = sent(year.commands, r".*/enrolments/.*/transfer")
    groups = {c.key: body(c) for c in sent(year.commands, r".*/v1/work-groups")}
    left, _ = placed(year.commands)[named(transfer)]
    joined = made(body(transfer)["work_group_id"])
    assert left != joined
    assert groups[left]["programme_id"] == groups[joined]["programme_id"]
    confirmed = [c for c in sent(year.commands, r".*/confirmation") if c.lane in {left, joined}]
    assert all(transfer.at < c.at for c in confirmed)


def test_a_full_group_has_two_waiting_of_whom_the_second_gets_the_place(year: Year) -> None:
    off = cancelled(year.commands)
    first, second = (c for c in sent(year.commands, r".*/waiting-list") if c.lane not in off)
    held = [key for key, (group, _) in placed(year.commands).items() if group == first.lane]
    (acceptance,) = sent(year.commands, r".*/waiting-list/.*/acceptance")
    (withdrawal,) = [
        c
        for c in sent(year.commands, r".*/enrolments/.*/withdrawal")
        if c.lane == first.lane and named(c) in given_up(year.commands)
    ]
    before = [c for c in year.commands if c.key in held and c.at <= first.at]
    assert len(before) == body(of_group(year, first))["capacity"]
    assert first.at < second.at < withdrawal.at < acceptance.at
    assert named(acceptance) == second.key
    assert acceptance.waits_for == "not_offered", "the offer to the first has to end by itself"
    assert second.at < datetime.fromisoformat(body(of_group(year, first))["closes_at"])


def test_one_group_is_a_draft_at_first(year: Year) -> None:
    (draft,) = [c for c in sent(year.commands, r".*/v1/work-groups") if body(c).get("draft")]
    (opening,) = sent(year.commands, r".*/work-groups/.*/opening")
    assert named(opening) == draft.key
    between = [c for c in year.commands if c.lane == draft.lane and draft.at < c.at < opening.at]
    assert draft.at < opening.at
    assert not between
