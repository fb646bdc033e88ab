"""The tables of notifications, one file for each noun."""

from hub_notifications.models.assignments import Assignment
from hub_notifications.models.base import Base
from hub_notifications.models.hub import Hub, School, SchoolYear
from hub_notifications.models.messages import CalendarEntry, Message, ToldItem
from hub_notifications.models.pd_days import PDDay, PDDayRegistration
from hub_notifications.models.places import Application, Place, WaitingEntry
from hub_notifications.models.sender import SenderTrouble
from hub_notifications.models.visits import Visit
from hub_notifications.models.work_groups import GroupSession, WorkGroup

__all__ = [
    "Application",
    "Assignment",
    "Base",
    "CalendarEntry",
    "GroupSession",
    "Hub",
    "Message",
    "PDDay",
    "PDDayRegistration",
    "Place",
    "School",
    "SchoolYear",
    "SenderTrouble",
    "ToldItem",
    "Visit",
    "WaitingEntry",
    "WorkGroup",
]
