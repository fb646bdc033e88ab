"""The identifiers of calendar entries."""

from uuid import UUID

from hub_notifications.domain.calendar_uids import earlier_uid, own_uid

SESSION = UUID("01920000-0000-7000-8000-000000000001")
ADA = UUID("01920000-0000-7000-8000-0000000000e1")
EMMY = UUID("01920000-0000-7000-8000-0000000000e2")


def test_uid_is_unique_for_each_person_and_names_the_hub() -> None:
    assert own_uid(SESSION, ADA, "wessex") == f"{SESSION}-{ADA}@wessex"
    assert len({own_uid(SESSION, each, hub) for each in (ADA, EMMY) for hub in ("wessex", "solent")}) == 4


def test_entries_of_earlier_releases_keep_their_uid() -> None:
    assert earlier_uid(SESSION, "wessex") == f"session-{SESSION}@wessex"
