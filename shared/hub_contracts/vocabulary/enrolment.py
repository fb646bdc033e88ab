"""Codes of the events that enrolment publishes."""

from enum import StrEnum


class Phase(StrEnum):
    """The phase of education of a school."""

    EARLY_YEARS = "early_years"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    POST16 = "post16"
    ALL_THROUGH = "all_through"
    UNKNOWN = "unknown"


class SchoolStatus(StrEnum):
    """Status of a school in Get Information About Schools."""

    OPEN = "open"
    PROPOSED_TO_CLOSE = "proposed_to_close"
    CLOSED = "closed"
    PROPOSED_TO_OPEN = "proposed_to_open"


class ConnectionRoute(StrEnum):
    """How a school first came into contact with the hub."""

    WORK_GROUP = "work_group"
    VISIT = "visit"
    ENQUIRY = "enquiry"
    CONFERENCE = "conference"
    OTHER = "other"


class TeacherRole(StrEnum):
    """Role of a teacher at a school."""

    HEADTEACHER = "headteacher"
    MATHS_LEAD = "maths_lead"
    CLASS_TEACHER = "class_teacher"
    TA = "ta"  # teaching assistant
    DEPARTMENT = "department"
    OTHER = "other"


class LeaderRole(StrEnum):
    """Role in the hub."""

    HUB_LEAD = "hub_lead"
    DEPUTY = "deputy"
    AMHL = "amhl"  # assistant maths hub lead
    TFM_LEAD = "tfm_lead"  # Teaching for Mastery
    MASTERY_SPECIALIST = "mastery_specialist"
    WORK_GROUP_LEAD = "work_group_lead"
    COHORT_LEAD = "cohort_lead"
    PD_LEAD = "pd_lead"  # professional development
    ADMINISTRATOR = "administrator"


class MoveReason(StrEnum):
    """Cause of a teacher's new school: the teacher moved, or the school was succeeded by another."""

    MOVE = "move"
    SUCCESSION = "succession"


class Strand(StrEnum):
    """Strand of the Maths Hubs Programme to which a programme belongs."""

    READINESS = "readiness"
    DEVELOPMENT = "development"
    EMBEDDING = "embedding"
    SUSTAINING = "sustaining"
    SKTM = "sktm"  # Specialist Knowledge for Teaching Mathematics
    MASTERING_NUMBER = "mastering_number"
    CONTINUITY = "continuity"
    SPECIALIST = "specialist"
    INNOVATION = "innovation"


class MeetingMode(StrEnum):
    """Mode in which a Work Group or one of its sessions meets."""

    IN_PERSON = "in_person"
    ONLINE = "online"
    SCHOOL_HOSTED = "school_hosted"


class WorkGroupCancellationReason(StrEnum):
    """Reason why a Work Group was cancelled."""

    TOO_FEW_TEACHERS = "too_few_teachers"
    LEAD_UNAVAILABLE = "lead_unavailable"
    VENUE_UNAVAILABLE = "venue_unavailable"
    FUNDING = "funding"
    OTHER = "other"


class ParticipantRole(StrEnum):
    """Role of a participant in a Work Group; a lead participant introduces the work in the school."""

    LEAD_PARTICIPANT = "lead_participant"
    PARTICIPANT = "participant"


class WithdrawalReason(StrEnum):
    """Reason that a participant gives for withdrawing."""

    LEFT_SCHOOL = "left_school"
    WORKLOAD = "workload"
    ILLNESS = "illness"
    NOT_RELEVANT = "not_relevant"
    OTHER = "other"


class WithdrawalCause(StrEnum):
    """Act of the hub that ended a place; the reason of the withdrawal is then `other`."""

    TRANSFERRED = "transferred"
    GROUP_CANCELLED = "group_cancelled"


class WaitingListExitCause(StrEnum):
    """Cause for which an entry left the waiting list, unless its offer expired."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    LEFT = "left"
    GROUP_CANCELLED = "group_cancelled"
    GROUP_CLOSED = "group_closed"


class AttendanceMark(StrEnum):
    """Mark of a participant in the register of a session."""

    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    APOLOGIES = "apologies"
    ABSENT = "absent"


class CorrectionReason(StrEnum):
    """Reason why a mark was corrected after its register was locked."""

    REGISTER_MISTAKE = "register_mistake"
    TOLD_LATER = "told_later"
    EVIDENCE_SEEN = "evidence_seen"
    OTHER = "other"


class SessionCancellationReason(StrEnum):
    """Reason why a session was cancelled."""

    LEAD_UNAVAILABLE = "lead_unavailable"
    VENUE_UNAVAILABLE = "venue_unavailable"
    WEATHER = "weather"
    TOO_FEW_PARTICIPANTS = "too_few_participants"
    WORK_GROUP_CANCELLED = "work_group_cancelled"
    OTHER = "other"


class TaskStatus(StrEnum):
    """Progress of a participant with a classroom task, in the order of progress."""

    NOT_STARTED = "not_started"
    TRIED = "tried"
    REPORTED = "reported"
    DISCUSSED = "discussed"


class LessonStudyFocus(StrEnum):
    """Subject of a lesson study."""

    TFM = "tfm"  # Teaching for Mastery
    PROBLEM_SOLVING = "problem_solving"
    CALCULATION = "calculation"
    REASONING = "reasoning"
    REPRESENTATION = "representation"
    FLUENCY = "fluency"
    OTHER = "other"


class PDDayKind(StrEnum):
    """Kind of an open day: a day of professional development or a conference."""

    PD_DAY = "pd_day"
    CONFERENCE = "conference"


class PDDayCancellationReason(StrEnum):
    """Reason why a PD day or conference was cancelled."""

    SPEAKER_UNAVAILABLE = "speaker_unavailable"
    VENUE_UNAVAILABLE = "venue_unavailable"
    WEATHER = "weather"
    TOO_FEW_PARTICIPANTS = "too_few_participants"
    OTHER = "other"
