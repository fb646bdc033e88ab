"""Browser sessions: their length, their links, and their deletion."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from hub_platform.access import Actor, SignIn
from hub_platform.database import Sessions
from hub_reporting.handlers import signing_in
from hub_reporting.handlers.signing_in import DELETED_AFTER, LONGEST, UsedBefore
from hub_reporting.models import BrowserSession
from hub_reporting.store import browser_sessions as store

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def link(id_: str = "one", hours: float = 12, *, once: bool = True) -> SignIn:
    ends = (NOW + timedelta(hours=hours)).timestamp()
    return SignIn(Actor("ada", frozenset({"board", "hub_lead"})), id_, ends, once)


def begin(sessions: Sessions, sign_in: SignIn, now: datetime = NOW) -> str:
    with sessions.begin() as session:
        return signing_in.begin(session, sign_in, now)


def found(sessions: Sessions, cookie: str, now: datetime) -> BrowserSession | None:
    with sessions() as session:
        return store.find(session, signing_in.digest(cookie), now)


def test_cookie_identifies_the_signed_in_user(sessions: Sessions) -> None:
    one = found(sessions, begin(sessions, link()), NOW)
    assert one is not None
    assert (one.subject, one.roles, one.token_id) == ("ada", ["board", "hub_lead"], "one")


@pytest.mark.parametrize(("hours", "lasts"), [(1, timedelta(hours=1)), (12, LONGEST), (1000, LONGEST)])
def test_session_ends_after_twelve_hours_or_with_its_token(
    sessions: Sessions, hours: float, lasts: timedelta
) -> None:
    cookie = begin(sessions, link(hours=hours))
    assert found(sessions, cookie, NOW + lasts - timedelta(seconds=1)) is not None
    assert found(sessions, cookie, NOW + lasts) is None


def test_link_begins_one_session_even_after_its_end(sessions: Sessions) -> None:
    cookie = begin(sessions, link())
    with pytest.raises(UsedBefore):
        begin(sessions, link())
    with sessions.begin() as session:
        signing_in.end(session, cookie, NOW)
    assert found(sessions, cookie, NOW) is None
    with pytest.raises(UsedBefore):
        begin(sessions, link())


def test_pasted_token_begins_sessions_in_several_browsers(sessions: Sessions) -> None:
    cookies = {begin(sessions, link(once=False)) for _ in range(3)}
    assert len(cookies) == 3
    assert all(found(sessions, cookie, NOW) for cookie in cookies)


def test_ending_an_ended_or_unknown_session_changes_nothing(sessions: Sessions) -> None:
    cookie = begin(sessions, link(hours=1))
    later = NOW + timedelta(hours=2)
    with sessions.begin() as session:
        signing_in.end(session, cookie, later)
        signing_in.end(session, "made up", later)
    with sessions() as session:
        assert session.scalars(sa.select(BrowserSession.ends_at)).all() == [NOW + timedelta(hours=1)]


def test_cookie_is_not_stored(sessions: Sessions) -> None:
    cookie = begin(sessions, link())
    with sessions() as session:
        row = session.execute(sa.select(*BrowserSession.__table__.columns)).one()
    assert all(cookie not in str(value) for value in row)


def test_sessions_are_deleted_a_day_after_their_end(sessions: Sessions) -> None:
    begin(sessions, link("old", hours=1))
    begin(sessions, link("new", hours=30), NOW + timedelta(hours=1) + DELETED_AFTER + timedelta(seconds=1))
    with sessions() as session:
        assert session.scalars(sa.select(BrowserSession.link_id)).all() == ["new"]
