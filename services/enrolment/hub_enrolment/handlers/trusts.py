"""Find academy trusts."""

from sqlalchemy.orm import Session

from hub_enrolment.models import Trust
from hub_enrolment.store import trusts as store
from hub_kernel.refusals import Unknown


def find_trust(session: Session, uid: str) -> Trust:
    """Return a trust by its group UID.

    Raises:
        Unknown: `unknown_trust`.
    """
    trust = store.find_trust(session, uid)
    if trust is None:
        raise Unknown("unknown_trust", f"No trust with the group UID {uid} is known here.")
    return trust
