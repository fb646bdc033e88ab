"""Attacks on what services tell each other, each as it was tried at commit 6a1328b: none succeeds now.

"Before" says what an attack did there. One test for each attack, and some more of its kind; more forgeries
are in `test_forgeries.py`, more losses in `tests/messaging/test_missing_events.py` and `test_log_repair.py`,
more wrong clocks in `test_housekeeping.py` and `test_retention.py`, more storms in `test_costs.py`.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import amqp
import pytest
import sqlalchemy as sa
from amqp.exceptions import AccessRefused, AMQPNotImplementedError
from parcels.events import ParcelSorted
from tests.messaging.aging import DAY, Process, know, received_subjects
from tests.messaging.dispatching import Office
from tests.messaging.losing import MISSING, QUEUE, Both, queue_depth, refill, sort_without_subscriber
from tests.messaging.plans import cost_of, fill
from tests.messaging.received import Database, delivery
from tests.messaging.releases import NOW, V1, V2, Publisher, Reader, kept, logged
from tests.notifications.factories import group_opened, participant_enrolled
from tests.security.attacking import Attacked, envelope, forged_since, leader, school, send
from tests.security.believing import Hub, replay
from tests.support.amqp import connected
from tests.support.waiting import wait_until

from hub_messaging import inbox
from hub_messaging.envelope import HIGHEST_REVISION
from hub_messaging.messages import Message
from hub_messaging.retention_worker import inbox_rows
from hub_messaging.retry_order import RetryOrder
from hub_messaging.tables import inbox as received
from hub_messaging.tables import inbox_subjects, outbox
from hub_messaging.topology import LOG_QUEUE

SENTENCE = "You have won a prize, visit https://attacker.example today"
ALL = ("reporting", "notifications")


def test_the_leadership_figure_is_not_moved_by_visits(unmoved: Attacked) -> None:
    """Appointments of leaders, which enrolment publishes, under a routing key that visits may use.

    Before: the figure grew by two.
    """
    forged = [envelope(leader(uuid4())), envelope(leader(uuid4(), "110002"))]
    errors = forged_since(unmoved, lambda: unmoved.forge(*forged), "reporting")
    assert errors == ["Forged: LeaderAppointed came as 'VisitPlanned'"] * 2
    assert not any(unmoved.knows("reporting", one) for one in forged)


def test_no_teacher_gets_an_attackers_sentence(unmoved: Attacked) -> None:
    """A Work Group whose title is a sentence of the attacker's, and a place on it for a teacher.

    Before: an e-mail about a place on "You have won a prize …" was written to the teacher.
    """
    place = participant_enrolled()
    forged = [envelope(replace(group_opened(), title=SENTENCE)), envelope(place)]
    assert len(forged_since(unmoved, lambda: unmoved.forge(*forged), "notifications")) == 2
    assert unmoved.told(place.teacher_id) == []


def test_what_is_written_to_queues_themselves_takes_no_effect(unmoved: Attacked) -> None:
    """The broker's administrator writes to the queues; the user of visits may not.

    Before: what the administrator wrote took effect. The user of visits was refused then as well.
    """
    one, place = envelope(leader(uuid4())), envelope(participant_enrolled())
    for queue in ("reporting.in", "notifications.in", "hub.log"):
        with pytest.raises(AccessRefused):
            send(unmoved.visits, one.to_bytes(), "", queue)

    def attack() -> None:
        send(unmoved.admin, one.to_bytes(), "", "reporting.in")
        send(unmoved.admin, place.to_bytes(), "", "notifications.in")

    assert len(forged_since(unmoved, attack, *ALL)) == 2


def test_no_subject_is_blocked_by_the_highest_revision(unmoved: Attacked) -> None:
    """Revision 2,147,483,647 of a subject, so that every later event of it looks old.

    Before: the subject stood at that revision, and reporting ignored what enrolment said of the school.
    """
    forged = envelope(school("110088"), HIGHEST_REVISION)
    forged_since(unmoved, lambda: unmoved.forge(forged), *ALL)
    true = [envelope(school("110088"), number) for number in (1, 2)]
    unmoved.publish(*true)
    wait_until(lambda: all(unmoved.knows(name, one) for name in ALL for one in true))
    wanted = sa.select(inbox_subjects.c.revision).where(inbox_subjects.c.subject == forged.subject)
    for name in ALL:
        with unmoved.databases[name]() as session:
            assert list(session.scalars(wanted)) == [2]


@pytest.mark.parametrize("queue", ["hub.log", "reporting.in", "notifications.in", "enrolment.in"])
@pytest.mark.parametrize("act", ["unbind", "delete", "purge", "bind", "declare"])
def test_a_service_user_cannot_touch_the_log_or_the_queue_of_another(
    hub: Attacked, queue: str, act: str
) -> None:
    """The user of visits unbinds, empties or deletes what leads events to others.

    Before: `hub.log` could be unbound from visits' exchange, deleted and declared again, while doctor said
    "All is well."; queues were refused.
    """
    acts: dict[str, Callable[[amqp.Channel], object]] = {
        "unbind": lambda channel: channel.queue_unbind(queue, "visits.events", routing_key="#"),
        "bind": lambda channel: channel.queue_bind(queue, "visits.events", routing_key="LeaderAppointed"),
        "delete": lambda channel: channel.queue_delete(queue),
        "purge": lambda channel: channel.queue_purge(queue),
        "declare": lambda channel: channel.queue_declare(queue, durable=True, auto_delete=False),
    }
    refused = AMQPNotImplementedError if (act, queue) == ("purge", "hub.log") else AccessRefused
    with connected(hub.visits) as connection, pytest.raises(refused):
        acts[act](connection.channel())


def test_a_queue_that_was_purged_heals(both: Both) -> None:
    """Before: 181 events were lost, the service was ready, and doctor said "All is well."."""
    both.counting.stop()
    both.sort(20)
    with connected(both.uri) as connection:
        assert connection.channel().queue_purge(QUEUE) >= 20
    both.counting.start()
    both.wait(25)
    assert both.counting.lines("events_missing")


def test_a_binding_that_is_taken_away_while_events_flow_heals(both: Both) -> None:
    """Before: 185 events were lost without a word."""
    both.lose_binding()
    both.sort(20)
    both.wait(25)
    assert both.counting.lines("events_missing")
    assert both.counting.ready()


def test_a_deleted_log_is_noticed_by_both_sides_and_restored(both: Both) -> None:
    """Events that reach neither the queue nor the log, which is deleted; the queue is read on meanwhile.

    Before: 79 events that only the log had held were lost without a word.
    """
    with connected(both.uri) as connection:
        connection.channel().queue_delete(LOG_QUEUE)
    sort_without_subscriber(both, 4)
    wait_until(lambda: both.sorting.metric('hub_event_log_trouble{reason="missing"}') == 1, deadline=30)
    wait_until(lambda: both.counting.metric(MISSING) == 4, deadline=30)
    wait_until(lambda: both.counting.lines("event_log_unavailable"), deadline=30)
    both.sort(3)
    wait_until(lambda: both.effects() == 8, deadline=10)
    refill(both)
    both.wait(12)


def test_a_type_that_is_dropped_and_taken_up_again_is_read_in_full(both: Both) -> None:
    """Three releases of a reader: one that subscribes to a type, one that does not, one that does.

    Before: 79 events that came in between were lost without a word.
    """
    both.counting.stop()
    both.sort(3)  # in the queue when the release without their type starts: acknowledged, no effect
    both.restart("parcels.releases:WeighingService")
    both.sort(20)
    wait_until(lambda: not queue_depth(both.uri))
    assert both.effects() == 5
    both.restart()
    both.wait(28)


def test_a_replay_from_outboxes_past_retention_is_refused(believing: Hub) -> None:
    """Outbox and inbox have forgotten old events: history does not begin at revision 1 of every subject.

    Before: the reports were emptied of them, and the command said "Switched.".
    """
    told = believing.record(*(leader(uuid4()) for _ in range(3)))
    believing.receive(*believing.record(school("110001")), *told)
    names = [str(one.id) for one in told[:2]]
    with believing.databases["enrolment"].begin() as session:
        session.execute(sa.delete(outbox).where(sa.cast(outbox.c.id, sa.Text).in_(names)))
    with believing.databases["reporting"].begin() as session:
        session.execute(sa.delete(received).where(received.c.event_id.in_(names)))
    said = replay()
    assert (said.code, "it lacks events of 2 subjects" in said.out) == (1, True), said
    assert believing.leaders() == 3


@pytest.mark.parametrize("error", [401 * DAY, -401 * DAY], ids=["ahead", "behind"])
def test_a_start_with_a_wrong_clock_forgets_no_inbox_and_repeats_no_event(
    database: Database, error: timedelta
) -> None:
    """A service's clock is wrong by 401 days at three starts, then 100 events come again.

    Before: with a clock ahead, 72,884 rows went, and the 100 events counted twice.
    """
    office, known = Office(database), [delivery(number) for number in range(1, 101)]
    know(database, 72_784 if error > timedelta(0) else 1_000)
    office.take(*known)
    before = len(received_subjects(database))
    for _ in range(3):
        process = Process(database, inbox_rows(QUEUE))
        process.error = error
        process.run(1.5)
    office.take(*known)
    assert len(received_subjects(database)) == before
    assert len(office.seen) == 100


def test_a_version_2_is_not_read_as_version_1(database: Database) -> None:
    """A version 2 is published; a reader that knows version 1 alone has the live queue and the log.

    Before: both versions had one routing key, and version 2 took effect as if it were version 1.
    """
    publisher, counted = Publisher(database), list[tuple[int, int]]()
    publisher.sort("both", 7, 1)
    publisher.sort("v2", 8, 1)
    reader, history = Reader(database, [ParcelSorted], counted), publisher.history()
    reader.receive(history)
    reader.take([logged(one) for one in history])
    assert counted == [(7, 1)]
    assert kept(database) == []


def test_a_version_2_under_the_routing_key_of_version_1_is_parked(database: Database) -> None:
    """A publisher that goes on with the old key. Before: it was read as version 1."""
    publisher, counted = Publisher(database), list[tuple[int, int]]()
    publisher.sort("v2", 8, 1)
    reader = Reader(database, [ParcelSorted], counted)
    reader.take([Message(one.body, one.exchange, V1) for one in publisher.history()])
    assert counted == []
    assert kept(database) == [(V2, "parked")]


@pytest.mark.parametrize("storm", ["parked subjects", "parked in one subject", "parked unreadable"])
def test_what_is_parked_slows_nothing(database: Database, storm: str) -> None:
    """By the rows that PostgreSQL touches for a batch and for a look at what is due.

    Before: with 20,000 parked deliveries each batch took 0.7 s instead of 0.05 s.
    """
    batch = [delivery(number, 2, after=1) for number in range(20)]
    fill(database, storm, analyzed=True, done=2_000, size=2_000)
    with database() as session, cost_of(session) as cost:
        inbox.unseen(session, QUEUE, batch)
        RetryOrder(QUEUE).due(session, NOW)
    assert not cost.scanned
    assert cost.rows <= 4 * len(batch)
