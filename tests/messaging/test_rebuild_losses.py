"""A rebuild from an incomplete history: nothing is switched, and what would be lost is listed and accepted.

Before (at 6a1328b): a subject that both the inbox and the history had forgotten was emptied without a word,
and the command said "Switched.".
"""

# Long: each way in which a history can be incomplete has a test of its own.

import json
import stat
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from parcels.events import ParcelSorted
from tests.messaging.received import QUEUE, delivery, logged
from tests.messaging.shop import ADA, Shop, body, ids

from hub_messaging import completeness
from hub_messaging.loss_report import CannotList, Loss
from hub_messaging.rebuild import Accepted, Rebuild
from hub_messaging.tables import inbox, inbox_gaps, inbox_subjects

OTHER_HUB = "/hubs/other/sorting"
OTHER_EXCHANGE = "other.sorting.events"


def loss_of(shop: Shop, **options: Any) -> Loss:
    """A shop whose rebuild would lose data."""
    before = shop.effects()
    rebuilt = shop.rebuild(**options)
    assert not rebuilt.switched
    assert rebuilt.loss is not None
    assert shop.effects() == before
    return rebuilt.loss


def listed(loss: Loss, kind: str) -> list[dict[str, Any]]:
    assert loss.file is not None
    lines = [json.loads(line) for line in Path(loss.file).read_text().splitlines()]
    return [line for line in lines if line["kind"] == kind]


def forget(shop: Shop, *names: str) -> None:
    """Let the inbox forget, as it does after 430 days."""
    with shop.database.begin() as session:
        session.execute(sa.delete(inbox).where(inbox.c.event_id.in_(names)))


def test_a_subject_that_inbox_and_history_have_forgotten_is_not_emptied(shop: Shop) -> None:
    shop.receive(body(1), body(2), body(2, 2))
    forget(shop, *ids(1001))
    del shop.log[0]
    loss = loss_of(shop)
    assert (loss.subjects, loss.events, loss.rows) == (1, 0, {"effects": 1})
    (subject,) = listed(loss, "subject")
    assert (subject["subject"], subject["reached"], subject["history_from"]) == ("parcels/1", 1, None)
    (row,) = listed(loss, "row")
    assert row["row"]["subject"] == "parcels/1"


def test_a_history_that_begins_late_is_not_complete(shop: Shop) -> None:
    shop.receive(body(1), body(1, 2), body(1, 3))
    forget(shop, *ids(1001))
    del shop.log[0]
    loss = loss_of(shop)
    (subject,) = listed(loss, "subject")
    assert (subject["history_from"], subject["history_to"], subject["missing"]) == (2, 3, "{[1,2)}")


def test_a_history_that_ends_early_is_not_complete(shop: Shop) -> None:
    shop.receive(body(1), body(1, 2))
    forget(shop, *ids(1001, 1002))
    del shop.log[1]
    assert [line["missing"] for line in listed(loss_of(shop), "subject")] == ["{[2,3)}"]


def test_a_hole_in_a_subject_is_found_by_what_later_events_name(shop: Shop) -> None:
    shop.receive(*(body(1, revision) for revision in range(1, 5)))
    forget(shop, *ids(1003))
    del shop.log[2]
    loss = loss_of(shop)
    assert [line["missing"] for line in listed(loss, "subject")] == ["{[3,4)}"]


def test_a_hole_behind_a_parked_delivery_is_found_too(shop: Shop) -> None:
    from parcels.service import POISON

    shop.receive(body(1), body(1, 2, POISON), body(1, 3), body(1, 4))
    with shop.database.begin() as session:
        session.execute(sa.delete(inbox).where(inbox.c.event_id == ids(1003)[0]))
    del shop.log[2]
    assert [line["missing"] for line in listed(loss_of(shop), "subject")] == ["{[3,4)}"]


def test_a_recreated_log_without_a_restore_loses_nothing_silently(shop: Shop) -> None:
    shop.receive(body(1), body(2))
    shop.log.clear()
    loss = loss_of(shop)
    assert (loss.subjects, loss.events, loss.rows) == (2, 2, {"effects": 2})
    forget(shop, *ids(1001, 2001))
    with shop.database.begin() as session:
        session.execute(sa.delete(inbox_subjects))
    assert loss_of(shop).rows == {"effects": 2}  # even when nothing else is known


def test_revisions_of_unsubscribed_types_may_be_missing_but_not_the_first(shop: Shop) -> None:
    subscribed = delivery(1, 3).envelope._replace(after="ParcelWeighed=2").to_bytes()
    shop.receive(subscribed)
    first = delivery(1, 1).envelope._replace(type="ParcelWeighed", after=None).to_bytes()
    shop.log.insert(0, first)
    assert shop.rebuild().switched
    forget(shop, *ids(1003))
    del shop.log[0]
    assert [line["missing"] for line in listed(loss_of(shop), "subject")] == ["{[1,2)}"]


def test_an_event_without_predecessors_named_follows_the_revision_before_it(shop: Shop) -> None:
    shop.receive(*(delivery(1, revision).body for revision in (1, 2, 3)))
    forget(shop, *ids(1002))
    del shop.log[1]
    assert [line["missing"] for line in listed(loss_of(shop), "subject")] == ["{[2,3)}"]


def test_two_hubs_and_two_publishers_are_distinguished(shop: Shop) -> None:
    shop.receive(body(1))
    theirs = [delivery(1, revision, source=OTHER_HUB, after=revision - 1) for revision in (1, 2)]
    theirs = [one.__class__(one.event, one.envelope._replace(id=one.envelope.id), b"", 0) for one in theirs]
    bodies = [
        one.envelope._replace(id=type(one.envelope.id)(int=7_000 + n)).to_bytes()
        for n, one in enumerate(theirs)
    ]
    shop.reader.take([logged(one, exchange=OTHER_EXCHANGE) for one in bodies])

    def history(since: Any) -> Any:
        yield [logged(one) for one in shop.log]
        yield [logged(one, exchange=OTHER_EXCHANGE) for one in kept]

    kept = bodies
    assert shop.prepared(read_log=history).run(ADA).switched
    forget(shop, *ids(7_000))
    kept = bodies[1:]
    rebuilt = shop.prepared(read_log=history).run(ADA)
    assert rebuilt.loss is not None
    (subject,) = listed(rebuilt.loss, "subject")
    assert (subject["source"], subject["missing"]) == (OTHER_HUB, "{[1,2)}")


def test_a_forged_first_event_does_not_make_a_history_complete(shop: Shop) -> None:
    shop.receive(body(1), body(1, 2))
    forget(shop, *ids(1001))
    genuine = shop.log[1:]
    forged = delivery(1, 1).envelope._replace(type="Unheard").to_bytes()

    def history(since: Any) -> Any:
        yield [logged(forged, exchange="weighing.events"), *(logged(one) for one in genuine)]

    rebuilt = shop.prepared(read_log=history).run(ADA)
    assert not rebuilt.switched
    assert rebuilt.loss is not None


def test_what_never_took_effect_is_no_loss(shop: Shop) -> None:
    shop.receive(body(1), body(1, 2), body(1, 3), body(2))
    with shop.database.begin() as session:
        event_id, lost = ids(1003, 1002)
        session.execute(sa.delete(inbox).where(inbox.c.event_id == lost))
        session.execute(sa.text("DELETE FROM effects WHERE revision = 2"))
        gap = {"subscription": QUEUE, "source": delivery(1).envelope.source, "event_id": event_id}
        session.execute(sa.insert(inbox_gaps).values(gap | {"subject": "parcels/1", "after_revision": 2}))
    del shop.log[1]
    assert shop.rebuild().switched
    assert sorted(shop.effects()) == [("parcels/1", 1), ("parcels/1", 3), ("parcels/2", 1)]


def test_exactly_what_was_listed_can_be_accepted(shop: Shop) -> None:
    shop.receive(body(1), body(2))
    forget(shop, *ids(1001))
    del shop.log[0]
    loss = loss_of(shop, loss="0" * 64)
    assert loss_of(shop, loss=loss.sha256[:12]).sha256 == loss.sha256  # the same loss, the same sum
    rebuilt = shop.rebuild(loss=loss.sha256)
    assert rebuilt.switched
    assert rebuilt.loss == loss
    assert shop.effects() == [("parcels/2", 1)]
    assert shop.rebuild().switched  # the live tables and the history agree now


def test_what_changes_between_looking_and_accepting_is_not_accepted(shop: Shop) -> None:
    shop.receive(body(1), body(2))
    forget(shop, *ids(1001))
    del shop.log[0]
    loss = loss_of(shop)

    def more_than_was_listed() -> None:
        with shop.engine.begin() as connection:
            connection.exec_driver_sql(
                "INSERT INTO effects (event_id, subject, revision) VALUES ('', 'x', 1)"
            )

    shop.meanwhile = [lambda: None, lambda: None, more_than_was_listed]  # just before the switch
    rebuilt = shop.rebuild(loss=loss.sha256)
    assert not rebuilt.switched
    assert rebuilt.loss is not None
    assert rebuilt.loss.sha256 != loss.sha256
    assert rebuilt.loss.rows == {"effects": 2}
    assert not shop.meanwhile


def test_events_that_come_meanwhile_change_no_loss(shop: Shop) -> None:
    shop.receive(body(1), body(2))
    forget(shop, *ids(1001))
    del shop.log[0]
    loss = loss_of(shop)
    shop.receive(body(3), body(2, 2))
    assert shop.rebuild(loss=loss.sha256).switched
    assert sorted(shop.effects()) == [("parcels/2", 1), ("parcels/2", 2), ("parcels/3", 1)]


def test_a_dry_run_says_it_and_the_list_is_for_its_owner_only(shop: Shop) -> None:
    shop.receive(body(1))
    shop.log.clear()
    rebuilt = shop.rebuild(None)
    assert rebuilt.loss is not None
    assert rebuilt.loss.file is not None
    path = Path(rebuilt.loss.file)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [one.name for one in path.parent.iterdir()] == [f"counting-loss-{rebuilt.loss.sha256[:16]}.jsonl"]


def test_a_list_that_cannot_be_written_switches_nothing(shop: Shop, tmp_path: Path) -> None:
    shop.receive(body(1))
    shop.log.clear()
    (tmp_path / "a file").touch()
    with pytest.raises(CannotList, match="cannot be written"):
        Rebuild(shop.service(), tmp_path / "a file").run(ADA, Accepted())
    assert shop.effects() == [("parcels/1", 1)]


def test_a_long_history_is_noted_a_part_at_a_time(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completeness, "KEPT_IN_MEMORY", 3)
    for revision in range(1, 5):
        shop.receive(*(body(number, revision) for number in range(1, 5)))
    assert shop.rebuild().switched
    forget(shop, *ids(2002))
    shop.log.remove(body(2, 2))
    assert [line["missing"] for line in listed(loss_of(shop), "subject")] == ["{[2,3)}"]


@pytest.mark.parametrize(
    "message",
    [
        delivery(1).body,
        delivery(1).body.replace(b'"specversion"', b' "specversion"'),
        delivery(2, 3, after=2).body,
        delivery(2, 3, after=2).body.replace(b"parcels", b"parc\\u0065ls"),
    ],
    ids=["as written", "in another form", "with a predecessor", "with an escape"],
)
def test_an_event_is_read_in_whatever_form(message: bytes) -> None:
    from hub_messaging.envelope import Envelope

    envelope = Envelope.from_bytes(message)
    wanted = (envelope.source, envelope.subject, envelope.revision, envelope.after)
    assert completeness.head_of(message) == wanted
    assert ParcelSorted.type in message.decode()


@pytest.mark.parametrize("message", [b"", b"not JSON", b'{"specversion":"1.0"}', b"\xff"])
def test_what_is_no_event_counts_for_nothing(message: bytes) -> None:
    assert completeness.head_of(message) is None
