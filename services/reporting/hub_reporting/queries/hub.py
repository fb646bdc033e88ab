"""The hub's name."""

from sqlalchemy.orm import Session

from hub_reporting.domain.hub import HubSettings
from hub_reporting.store import hub as store


def hub_name(session: Session, options: HubSettings) -> str:
    """Return the hub's name from its description, or from the settings until it has been described."""
    return store.name(session, options.hub_id) or options.hub_name
