"""Forged events, sent by those who can reach the broker: none moves a figure or writes to a teacher.

Each test is an attack that was tried at commit 6a1328b as well; "Before" says what it did there. Most are
made with the broker user of visits, whose password is taken to be known, the others by its administrator.
"""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from amqp.exceptions import AccessRefused
from tests.notifications.factories import visit_planned
from tests.security.attacking import AT, BOUND, Attacked, envelope, forged_since, leader, school, send
from tests.support.amqp import connected
from tests.support.broker import BrokerServer
from tests.support.waiting import wait_until

from hub_messaging.envelope import Envelope
from hub_messaging.tables import inbox_types

SENTENCE = "You have won a prize, visit https://attacker.example today"
ALL = ("reporting", "notifications")
pytestmark = pytest.mark.usefixtures("unmoved")


def test_the_log_brings_no_forgery_to_a_rebuild_or_a_catch_up(hub: Attacked) -> None:
    """Visits writes appointments into the log, through its exchange, and waits until the log is read again.

    Before: a rebuild from the log and a reader that caught up counted them.
    """
    forged = [envelope(leader(uuid4())) for _ in range(3)]
    hub.forge(*forged, key="LeaderAppointed")
    send(hub.admin, envelope(leader(uuid4())).to_bytes(), "", "hub.log")
    result = hub.rebuild()["result"]
    assert result["switched"]
    assert all(one["only_live"] == one["only_new"] == 0 for one in result["compared"])
    assert len(hub.parked("reporting")) >= len(forged)

    hub.reporting.stop()
    with hub.databases["reporting"].begin() as session:
        session.execute(sa.delete(inbox_types).where(inbox_types.c.type == "LeaderAppointed"))
    hub.reporting.start()
    wait_until(hub.reporting.ready, deadline=30)
    assert not any(hub.knows("reporting", one) for one in forged)


def test_a_true_event_is_not_displaced_by_a_copy_with_other_data(hub: Attacked) -> None:
    """The id, subject and revision of an event that is about to come, with other data, sent first.

    Before: the copy took effect, and the true event was taken for its repeat.
    """
    true = envelope(school("110077"))
    copy = true._replace(data=dict(true.data) | {"name": SENTENCE})
    same = forged_since(hub, lambda: hub.forge(copy, true), *ALL)
    assert len(same) == 4
    hub.publish(true)
    wait_until(lambda: all(hub.knows(name, true) for name in ALL))
    page = hub.reporting.client("hub_lead")("GET", "/schools/110077").body.decode()
    assert SENTENCE not in page


def test_no_subject_is_held_up_by_an_event_that_waits_for_ever(hub: Attacked) -> None:
    """A first event that claims to come after one that never will, and one whose data break the schema.

    Before: the first was held, the second parked under its subject, so that true events waited behind it.
    """
    forged = envelope(school("110089"))
    waiting = forged._replace(revision=9, after="SchoolImported=8")
    broken = forged._replace(id=uuid4(), data={})
    assert len(forged_since(hub, lambda: hub.forge(waiting, broken), *ALL)) == 4
    true = envelope(school("110089"))
    hub.publish(true)
    wait_until(lambda: all(hub.knows(name, true) for name in ALL))


@pytest.mark.parametrize(
    "source",
    [
        "/hubs/oxford/enrolment",  # of a hub that is not federated here
        "/hubs/test/visits",  # true, but visits does not publish this type
        "/hubs/test/enrolment/",
        "/HUBS/test/enrolment",
        "/log/enrolment",
    ],
)
def test_no_other_source_is_believed(hub: Attacked, source: str) -> None:
    """The same appointment under other names.

    Before: the first two took effect, the others were parked as `unknown_source`.
    """
    forged = envelope(leader(uuid4()), source=source)
    assert len(forged_since(hub, lambda: hub.forge(forged), "reporting")) == 1
    send(hub.admin, forged.to_bytes(), "enrolment.events", "LeaderAppointed")
    hub.settle()
    assert not hub.knows("reporting", forged)


@pytest.mark.parametrize("first", ["/hubs/test/enrolment", "/hubs/test/visits"])
def test_keys_that_are_there_twice_deceive_no_service(hub: Attacked, first: str) -> None:
    """JSON readers disagree on which of two `source`, `type` or `id` counts.

    Before: the last one counted, and it took effect.
    """
    true = envelope(leader(uuid4())).to_bytes().decode()
    twice = true.replace('{"specversion"', f'{{"source":"{first}","type":"{BOUND}","specversion"', 1)
    last = true[:-1] + f',"source":"{first}"}}'
    before = len(hub.parked("reporting"))
    hub.forge(twice.encode(), last.encode())
    hub.settle()
    errors = hub.parked("reporting")[before:]
    assert errors == ["Undecodable: source stands in one JSON object twice"] * 2


def test_the_refill_exchange_counts_only_in_the_log(hub: Attacked) -> None:
    """An administrator binds the refill exchange to a queue by mistake, and it is written to.

    Before: there was no such exchange; any exchange that was bound to the queue was believed.
    """
    with connected(hub.admin) as connection:
        channel = connection.channel()
        channel.exchange_declare("enrolment.refill", "topic", durable=True, auto_delete=False)
        channel.queue_bind("reporting.in", "enrolment.refill", routing_key="SchoolImported")
    true = envelope(school("110066"))
    with pytest.raises(AccessRefused):
        send(hub.visits, true.to_bytes(), "enrolment.refill", "SchoolImported")

    def attack() -> None:
        send(hub.admin, true.to_bytes(), "enrolment.refill", "SchoolImported")

    (error,) = forged_since(hub, attack, "reporting")
    assert "came through exchange 'enrolment.refill'" in error
    hub.publish(true)
    wait_until(lambda: hub.knows("reporting", true))


def test_a_federated_source_speaks_through_its_own_exchange_only(hub: Attacked) -> None:
    """Events of another hub, whose exchange the administrator has federated, bound and named in the setting.

    Before: every source of every hub was believed through every exchange.
    """
    theirs = envelope(visit_planned(), source="/hubs/oxford/visits")
    with connected(hub.admin) as connection:
        channel = connection.channel()
        channel.exchange_declare("oxford.visits.events", "topic", durable=True, auto_delete=False)
        for queue, key in (("reporting.in", BOUND), ("hub.log", "#")):
            channel.queue_bind(queue, "oxford.visits.events", routing_key=key)
    (error,) = forged_since(hub, lambda: hub.forge(theirs), "reporting")
    assert error.endswith("of /hubs/oxford/visits came through exchange 'visits.events'")

    def attack() -> None:
        for source in ("/hubs/test/visits", "/hubs/test/enrolment", "/hubs/oxford/enrolment"):
            forged = theirs._replace(id=uuid4(), source=source)
            send(hub.admin, forged.to_bytes(), "oxford.visits.events", BOUND)

    assert len(forged_since(hub, attack, "reporting")) == 3
    send(hub.admin, theirs.to_bytes(), "oxford.visits.events", BOUND)
    wait_until(lambda: hub.knows("reporting", theirs))


def test_a_user_id_that_is_not_the_publishers_is_not_believed(hub: Attacked, broker: BrokerServer) -> None:
    """A user with RabbitMQ's tag `impersonator`, who may sign as anyone, writes to enrolment's exchange.

    Before: the user_id was not checked.
    """
    vhost = hub.admin.rpartition("/")[2]
    user = f"impersonator-{vhost}"
    told = {"password": "own", "tags": "impersonator"}  # pragma: allowlist secret
    broker.manage("PUT", f"users/{user}", told)
    broker.manage("PUT", f"permissions/{vhost}/{user}", dict.fromkeys(("configure", "write", "read"), ".*"))
    uri = broker.uri(vhost, user=user, password="own")  # pragma: allowlist secret
    forged = envelope(leader(uuid4())).to_bytes()

    def attack() -> None:
        send(uri, forged, "enrolment.events", "LeaderAppointed", user_id="visits")

    (error,) = forged_since(hub, attack, "reporting")
    assert error.endswith("was sent by user 'visits'")


def test_carbon_copies_reach_no_other_queue(hub: Attacked) -> None:
    """RabbitMQ's CC and BCC headers add routing keys to a message: they stay within the same exchange.

    Before: the copies went to the queues bound to visits' exchange, and were believed.
    """
    headers = {"CC": ["LeaderAppointed", BOUND, "reporting.in"], "BCC": ["enrolment.events"]}
    forged = envelope(leader(uuid4()))

    def attack() -> None:
        hub.forge(forged, key="nothing.is.bound", application_headers=headers)

    (error,) = forged_since(hub, attack, "reporting")
    assert error == "Forged: LeaderAppointed came as 'nothing.is.bound'"


def test_a_forged_time_does_not_set_the_hubs_clock(hub: Attacked) -> None:
    """An event of next year's, where events set the hub's clock.

    Before: the clock followed it, and with it every due date.
    """
    client = hub.reporting.client("hub_lead")
    clock = client("GET", "/reporting/v1/clock").json
    forged = envelope(leader(uuid4()), time=AT + timedelta(days=300))
    forged_since(hub, lambda: hub.forge(forged), "reporting")
    now = client("GET", "/reporting/v1/clock").json
    assert now["hub_time"][:10] == clock["hub_time"][:10]


def test_nothing_of_a_forgery_reaches_log_lines(hub: Attacked) -> None:
    """Correlation ids, types and subjects that look like log lines or hold an address.

    Before: an unknown type stood in the log line `unknown_type` as it came.
    """
    said = 'ada@school.example","level":"error'
    one = envelope(leader(uuid4()), correlation_id=said, causation_id=said, traceparent=said)
    unknown = one._replace(type=f"X {said}", id=uuid4())
    forged_since(hub, lambda: hub.forge(one, unknown), "reporting")
    assert "ada@school.example" not in hub.reporting.log


def test_a_forged_mark_says_nothing_about_what_was_published(hub: Attacked) -> None:
    """Marks in the log in the name of enrolment, with counts so high that everything seems lost.

    Before: marks held no counts.
    """
    counts = {"published": {"LeaderAppointed": 10**9, "SchoolImported": 10**9}}
    mark = Envelope(uuid4(), "/log/enrolment", "LogMark", 1, "log/enrolment", 1, AT, counts)
    hub.forge(mark, key="LogMark")
    hub.forge(mark._replace(id=uuid4()))
    send(hub.admin, mark._replace(id=uuid4()).to_bytes(), "", "hub.log")
    hub.settle()
    assert hub.rebuild()["result"]["switched"]
    for name in ALL:
        with hub.databases[name]() as session:
            assert session.scalar(sa.text("SELECT coalesce(max(missing), 0) FROM inbox_counts")) == 0


def test_what_visits_itself_publishes_still_takes_effect(hub: Attacked) -> None:
    """The attacker's own exchange is not closed: true events of visits come through it."""
    true = envelope(visit_planned())
    hub.forge(true)
    wait_until(lambda: all(hub.knows(name, true) for name in ALL))
