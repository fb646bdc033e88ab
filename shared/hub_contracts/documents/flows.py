"""Flows of events for the catalogue's diagrams: each event with the events that may follow it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A sequence of events of one or several subjects."""

    name: str  # in addresses
    title: str
    text: str
    steps: Mapping[str, tuple[str, ...]]  # event type → types that may follow; no cycles

    @property
    def types(self) -> tuple[str, ...]:
        """Every event type in it, each once, in the order in which they are named."""
        named = [type_ for first, following in self.steps.items() for type_ in (first, *following)]
        return tuple(dict.fromkeys(named))

    def columns(self) -> tuple[tuple[str, ...], ...]:
        """The types from left to right: each stands to the right of every type that it may follow.

        Raises:
            ValueError: the steps go round in a circle.
        """
        place = dict.fromkeys(self.types, 0)
        for _ in self.types:
            moved = False
            for first, following in self.steps.items():
                for type_ in following:
                    if place[type_] <= place[first]:
                        place[type_], moved = place[first] + 1, True
            if not moved:
                last = max(place.values())
                return tuple(
                    tuple(type_ for type_, column in place.items() if column == n) for n in range(last + 1)
                )
        raise ValueError(f"{self.name} goes round in a circle")


FLOWS: Final = (
    Flow(
        name="schools",
        title="Schools of the register",
        text="A file of Get Information About Schools is applied: schools appear, change, close and are"
        " succeeded by others. The hub says which area it serves.",
        steps={
            "HubDescribed": (),
            "SchoolImported": ("SchoolChanged", "SchoolConnected", "SchoolClosed"),
            "SchoolClosed": ("SchoolSucceeded",),
            "SchoolSucceeded": ("SchoolsMerged", "TeacherMovedSchool"),
        },
    ),
    Flow(
        name="teachers",
        title="Teachers and their roles",
        text="A teacher is registered, may move school or take a role in the hub, and can be erased.",
        steps={
            "TeacherRegistered": (
                "TeacherMovedSchool",
                "MembershipCorrected",
                "LeaderAppointed",
                "TeacherMerged",
                "TeacherAnonymised",
            ),
            "MembershipCorrected": ("PlaceSchoolCorrected",),
            "LeaderAppointed": ("LeaderEnded",),
        },
    ),
    Flow(
        name="work-groups",
        title="A Work Group from opening to evaluation",
        text="A group is opened, confirmed and closed, or cancelled; the effects on places are published.",
        steps={
            "WorkGroupOpened": ("WorkGroupChanged", "WorkGroupConfirmed", "WorkGroupCancelled"),
            "WorkGroupConfirmed": ("WorkGroupFellBelowMinimum", "WorkGroupClosed"),
            "WorkGroupClosed": ("ParticipantCompleted",),
            "WorkGroupCancelled": ("ParticipantWithdrawn", "ApplicationDeclined"),
        },
    ),
    Flow(
        name="places",
        title="From an application to a place",
        text="A school applies for places; the hub decides; each teacher's place has a history of its own.",
        steps={
            "ApplicationSubmitted": (
                "ApplicationWaitlisted",
                "ApplicationAccepted",
                "ApplicationDeclined",
                "ApplicationWithdrawn",
            ),
            "ApplicationWaitlisted": ("ApplicationAccepted", "ApplicationDeclined", "ApplicationWithdrawn"),
            "ApplicationAccepted": ("ParticipantEnrolled", "SchoolEnrolled"),
            "ParticipantEnrolled": ("ParticipantWithdrawn", "PlaceSchoolCorrected", "ParticipantCompleted"),
            "ParticipantWithdrawn": ("WithdrawalUndone",),
        },
    ),
    Flow(
        name="waiting-list",
        title="The waiting list and its offers",
        text="A free place is offered to the first teacher on the waiting list. The five working"
        " days to answer count from the day on which its e-mail was sent.",
        steps={
            "WaitingListJoined": ("PlaceOffered", "WaitingListLeft"),
            "PlaceOffered": ("MessageSent", "MessageFailed"),
            "MessageSent": ("PlaceOfferExtended",),
            "MessageFailed": ("PlaceOfferExtended",),
            "PlaceOfferExtended": ("WaitingListLeft", "PlaceOfferExpired"),
            "WaitingListLeft": ("ParticipantEnrolled",),
        },
    ),
    Flow(
        name="sessions",
        title="Sessions, registers and tasks",
        text="A session is scheduled and held; its register records who attended. Tasks and lesson studies"
        " lie between sessions.",
        steps={
            "SessionScheduled": ("SessionRescheduled", "ApologiesReceived", "SessionCancelled"),
            "SessionRescheduled": ("SessionCompleted",),
            "ApologiesReceived": ("SessionCompleted",),
            "SessionCompleted": ("AttendanceCorrected",),
            "ClassroomTaskSet": ("TaskReported",),
            "LessonStudyPlanned": ("LessonStudyReviewed",),
        },
    ),
    Flow(
        name="pd-days",
        title="PD days and conferences",
        text="A day is opened for registration and held, or cancelled.",
        steps={
            "PDDayScheduled": ("PDDayRegistered", "PDDayCancelled"),
            "PDDayRegistered": ("PDDayHeld",),
        },
    ),
    Flow(
        name="visits",
        title="Support of a school by its PD lead",
        text="In each half term of an assignment a visit is owed: planned and logged, or excused.",
        steps={
            "CalendarSet": ("PDLeadAssigned", "VisitRecalculated"),
            "PDLeadAssigned": ("VisitObligationExcused", "VisitPlanned", "PDLeadUnassigned"),
            "VisitPlanned": ("VisitLogged", "VisitCancelled"),
            "PDLeadUnassigned": ("VisitReassigned",),
            "VisitLogged": ("DepartmentPDHeld", "VisitRecalculated"),
        },
    ),
)
