"""Where Work Groups and their sessions meet, as their rows say."""

from hub_enrolment.domain import venues
from hub_enrolment.domain.venues import Location
from hub_enrolment.models import GroupSession, WorkGroup


def location_of(group: WorkGroup) -> Location:
    """Return the venue and joining link of a group."""
    return Location(group.venue, group.joining_link)


def location(meeting: GroupSession, of_group: Location) -> Location:
    """Return the venue and joining link in effect for a session: its own, or its group's where they apply."""
    own = Location(meeting.venue, meeting.joining_link)
    return venues.location(meeting.mode, meeting.host_urn, own, of_group)
