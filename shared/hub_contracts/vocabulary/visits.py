"""Codes of the events that visits publishes."""

from enum import StrEnum


class SupportProgramme(StrEnum):
    """Programme under which a school has a PD lead."""

    OPPORTUNITY_AREA = "opportunity_area"
    INTENSIVE = "intensive"
    TFM_SUPPORT = "tfm_support"


class AssignmentEndReason(StrEnum):
    """Reason why an assignment ended early. Published as a plain code, so it may gain members."""

    LEFT = "left"
    ABSENCE = "absence"
    WORKLOAD = "workload"
    SCHOOL_REQUEST = "school_request"
    PROGRAMME_ENDED = "programme_ended"
    OTHER = "other"


class ObligationKind(StrEnum):
    """Kind of support that a PD lead owes a school in one half term."""

    VISIT = "visit"
    DEPARTMENT_PD = "department_pd"


class ExemptionReason(StrEnum):
    """Reason why a school is excused from an obligation."""

    OFSTED = "ofsted"
    CLOSURE = "closure"
    STAFF_ABSENCE = "staff_absence"
    SCHOOL_REQUEST = "school_request"
    SNOW = "snow"


class VisitKind(StrEnum):
    """Purpose of a visit to a school."""

    SUPPORT = "support"
    LESSON_PLANNING = "lesson_planning"
    OBSERVATION = "observation"
    DEPARTMENT_PD = "department_pd"
    PD_DAY = "pd_day"


class VisitFocus(StrEnum):
    """Theme of a visit."""

    TFM = "tfm"  # Teaching for Mastery
    PROBLEM_SOLVING = "problem_solving"
    CALCULATION = "calculation"
    LESSON_STUDY = "lesson_study"
    REASONING = "reasoning"
    COLLABORATIVE_PLANNING = "collaborative_planning"


class VisitCancellationReason(StrEnum):
    """Reason why a visit was cancelled. Published as a plain code, so it may gain members."""

    OFSTED = "ofsted"
    CLOSURE = "closure"
    STAFF_ABSENCE = "staff_absence"
    SCHOOL_REQUEST = "school_request"
    SNOW = "snow"
    PD_LEAD_ABSENCE = "pd_lead_absence"
    OTHER = "other"
