"""The hub itself: what it is called."""

from sqlalchemy.orm import Session

from hub_reporting.config import Options
from hub_reporting.store import hub as store


def hub_name(session: Session, options: Options) -> str:
    """Return the hub's name from its description; the one of the settings as long as there is none."""
    return store.name(session, options.hub_id) or options.hub_name
