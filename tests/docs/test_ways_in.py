"""One rule, every way in: where each rule is enforced, and that siblings enforce the same ones."""

from typing import Final

import pytest
from tests.support.ways_in import EACH_REQUEST, PAGE, SERVICES, graph_of, written

GIVES_A_PLACE: Final = {
    "enrol_participant",
    "upload_participants",
    "decide_application",
    "accept_offer",
    "transfer_participant",  # recruited in time and let in with the first place
    "undo_withdrawal",  # likewise
}
ON_REQUEST: Final = GIVES_A_PLACE - {"transfer_participant", "undo_withdrawal"}
PUTS_INTO_A_DIARY: Final = {"schedule_session", "schedule_series", "reschedule_session"}
TERMS: Final = {"open_work_group", "change_work_group"}
PROGRAMME: Final = {"open_programme", "change_programme"}
PERSON: Final = {"register_teacher", "change_teacher", "upload_participants"}
# Rules of enrolment that several ways in enforce together, and no other way.
TOGETHER: Final = {
    # A place that is corrected to another school is a place there, but takes no other person's.
    "school_cap_reached": GIVES_A_PLACE | {"correct_membership", "offer_places"},
    "school_not_eligible": ON_REQUEST | {"correct_membership", "join_waiting_list", "apply"},
    "prerequisite_missing": ON_REQUEST | {"correct_membership", "join_waiting_list", "submit_application"},
    "development_once": ON_REQUEST | {"correct_membership", "join_waiting_list", "submit_application"},
    "already_enrolled": GIVES_A_PLACE | {"join_waiting_list"},
    "work_group_full": GIVES_A_PLACE,
    "waiting_list_first": GIVES_A_PLACE,
    "recruitment_not_open": ON_REQUEST | {"join_waiting_list", "submit_application"},
    "recruitment_closed": ON_REQUEST | {"join_waiting_list", "submit_application"},
    # A withdrawal is undone as long as the group is not over.
    "work_group_not_recruiting": (GIVES_A_PLACE - {"undo_withdrawal"})
    | {"join_waiting_list", "submit_application", "apply", "offer_places"},
    "too_many_teachers": {"confirm_work_group", "change_work_group", "change_programme"},
    "too_few_teachers": {"confirm_work_group", "change_programme"},
    "too_few_schools": {"confirm_work_group", "change_programme"},
    "too_many_of_a_school": {"confirm_work_group", "change_programme"},
    "required_role_missing": {"confirm_work_group", "change_programme"},
    "override_needs_hub_lead": {
        "confirm_work_group",
        "change_work_group",
        "enrol_participant",
        "undo_withdrawal",
    },
    "session_overlaps": PUTS_INTO_A_DIARY,
    "session_too_long": PUTS_INTO_A_DIARY,
    "host_missing": PUTS_INTO_A_DIARY,
    "bad_joining_link": PUTS_INTO_A_DIARY | TERMS,
    "closes_before_opens": TERMS,
    "lead_named_twice": TERMS,
    "not_a_leader": TERMS,
    # Not `correct_attendance`: mistakes are corrected afterwards, too.
    "work_group_over": PUTS_INTO_A_DIARY
    | {
        "take_register",
        "receive_apologies",
        "set_task",
        "plan_lesson_study",
        "change_work_group",
        "undo_withdrawal",
    },
    "received_in_future": {"receive_apologies", "take_register", "correct_attendance"},
    "notice_without_apologies": {"take_register", "correct_attendance"},
    "not_enrolled": {"take_register", "receive_apologies", "plan_lesson_study"},
    "bad_trn": PERSON,
    "trn_taken": PERSON,
    "name_missing": PERSON,
    "limits_contradict": PROGRAMME,
    "own_prerequisite": PROGRAMME,
    "ncp_code_taken": PROGRAMME,
    "bad_ncp_code": PROGRAMME,
}


def test_the_page_says_where_each_rule_is_enforced() -> None:
    assert written(PAGE.read_text()) == PAGE.read_text(), "python -m tests.support.ways_in writes it"


@pytest.mark.parametrize("service", SERVICES)
def test_some_way_leads_to_every_code(service: str) -> None:
    graph = graph_of(service)
    assert set().union(*graph.codes.values()) - graph.concerned().keys() <= EACH_REQUEST


@pytest.mark.parametrize("code", TOGETHER)
def test_siblings_enforce_the_same_rule(code: str) -> None:
    assert graph_of("enrolment").concerned()[code] == TOGETHER[code]


@pytest.mark.parametrize(
    ("service", "code", "ways"),
    [
        ("enrolment", "evaluation_in_future", {"close_work_group"}),
        ("enrolment", "no_such_code", set()),
        ("enrolment", "row_broken", {"import_gias", "upload_participants"}),  # read by another process
        ("enrolment", "trn_differs", {"upload_participants"}),  # a code that is handed on
        ("reporting", "sign_in_used", {"post_sign_in"}),
    ],
)
def test_ways_are_followed_through_handlers_rules_and_tables(service: str, code: str, ways: set[str]) -> None:
    assert graph_of(service).concerned().get(code, set()) == ways
