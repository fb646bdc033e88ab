"""The entrypoints that enforce each rule: listed in docs/rules.md, and equal for related commands."""

from typing import Final

import pytest
from tests.support.entrypoints import EACH_REQUEST, PAGE, SERVICES, graph_of, written

ENROLS: Final = {
    "enrol_participant",
    "upload_participants",
    "decide_application",
    "accept_offer",
    "transfer_participant",  # checked against recruitment at the first enrolment
    "undo_withdrawal",  # likewise
}
ON_REQUEST: Final = ENROLS - {"transfer_participant", "undo_withdrawal"}
SCHEDULES: Final = {"schedule_session", "schedule_series", "reschedule_session"}
TERMS: Final = {"open_work_group", "change_work_group"}
PROGRAMME: Final = {"open_programme", "change_programme"}
PERSON: Final = {"register_teacher", "change_teacher", "upload_participants"}
# Rules of enrolment with the complete set of commands that enforce them.
SHARED: Final = {
    # A place that is corrected to another school counts there, and displaces no other participant.
    "school_cap_reached": ENROLS | {"correct_membership", "offer_places"},
    "school_not_eligible": ON_REQUEST | {"correct_membership", "join_waiting_list", "apply"},
    "prerequisite_missing": ON_REQUEST | {"correct_membership", "join_waiting_list", "submit_application"},
    "development_once": ON_REQUEST | {"correct_membership", "join_waiting_list", "submit_application"},
    "already_enrolled": ENROLS | {"join_waiting_list"},
    "work_group_full": ENROLS,
    "waiting_list_first": ENROLS,
    "recruitment_not_open": ON_REQUEST | {"join_waiting_list", "submit_application"},
    "recruitment_closed": ON_REQUEST | {"join_waiting_list", "submit_application"},
    # A withdrawal is undone until the group has ended.
    "work_group_not_recruiting": (ENROLS - {"undo_withdrawal"})
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
    "session_overlaps": SCHEDULES,
    "session_too_long": SCHEDULES,
    "host_missing": SCHEDULES,
    "bad_joining_link": SCHEDULES | TERMS,
    "closes_before_opens": TERMS,
    "lead_named_twice": TERMS,
    "not_a_leader": TERMS,
    # Without `correct_attendance`: marks can be corrected after the group has ended.
    "work_group_over": SCHEDULES
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


def test_rules_page_lists_the_entrypoints_of_each_code() -> None:
    assert written(PAGE.read_text()) == PAGE.read_text(), "run `python -m tests.support.entrypoints`"


@pytest.mark.parametrize("service", SERVICES)
def test_every_code_is_reachable_from_an_entrypoint(service: str) -> None:
    graph = graph_of(service)
    assert set().union(*graph.codes.values()) - graph.concerned().keys() <= EACH_REQUEST


@pytest.mark.parametrize("code", SHARED)
def test_related_commands_enforce_the_same_rule(code: str) -> None:
    assert graph_of("enrolment").concerned()[code] == SHARED[code]


@pytest.mark.parametrize(
    ("service", "code", "entrypoints"),
    [
        ("enrolment", "evaluation_in_future", {"close_work_group"}),
        ("enrolment", "no_such_code", set()),
        ("enrolment", "row_broken", {"import_gias", "upload_participants"}),  # read by another process
        ("enrolment", "trn_differs", {"upload_participants"}),  # a code passed as an argument
        ("reporting", "sign_in_used", {"post_sign_in"}),
    ],
)
def test_calls_are_followed_through_handlers_rules_and_tables(
    service: str, code: str, entrypoints: set[str]
) -> None:
    assert graph_of(service).concerned().get(code, set()) == entrypoints
