"""The published vocabularies: each code that an event field may hold, once.

Standard library only, so that `domain/` may import this package, and nothing else of `hub_contracts`. The
schemas build their `enum` from these classes. Members are strings: `Phase.PRIMARY == "primary"`.

A new member is a new value for every subscriber, so `hub_contracts.released` refuses it where a schema lists
the values. Plain codes may gain values, as their schemas list none: `VisitCancelled.reason`,
`PDLeadUnassigned.reason` and `VisitLogged.people_met_roles`.

Published values that nothing assigns yet:

| value | what will assign it |
|---|---|
| `MoveReason.MOVE` | a move that hub staff record; until then its reason is absent, which means the same |
"""

from hub_contracts.vocabulary.enrolment import (
    AttendanceMark,
    ConnectionRoute,
    CorrectionReason,
    LeaderRole,
    LessonStudyFocus,
    MeetingMode,
    MoveReason,
    ParticipantRole,
    PDDayCancellationReason,
    PDDayKind,
    Phase,
    SchoolStatus,
    SessionCancellationReason,
    Strand,
    TaskStatus,
    TeacherRole,
    WaitingListExitCause,
    WithdrawalCause,
    WithdrawalReason,
    WorkGroupCancellationReason,
)
from hub_contracts.vocabulary.visits import (
    AssignmentEndReason,
    ExemptionReason,
    ObligationKind,
    SupportProgramme,
    VisitCancellationReason,
    VisitFocus,
    VisitKind,
)

__all__ = [
    "AssignmentEndReason",
    "AttendanceMark",
    "ConnectionRoute",
    "CorrectionReason",
    "ExemptionReason",
    "LeaderRole",
    "LessonStudyFocus",
    "MeetingMode",
    "MoveReason",
    "ObligationKind",
    "PDDayCancellationReason",
    "PDDayKind",
    "ParticipantRole",
    "Phase",
    "SchoolStatus",
    "SessionCancellationReason",
    "Strand",
    "SupportProgramme",
    "TaskStatus",
    "TeacherRole",
    "VisitCancellationReason",
    "VisitFocus",
    "VisitKind",
    "WaitingListExitCause",
    "WithdrawalCause",
    "WithdrawalReason",
    "WorkGroupCancellationReason",
]
