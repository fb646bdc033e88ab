"""M1 to M3: mail servers that close, are slow, refuse the sender or show a certificate of another name."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cases.certificates import DAY, ELSEWHERE, HERE, authority, self_signed
from tests.cases.conftest import Unanswered
from tests.cases.desk import Desk, Person
from tests.cases.hub import RunningHub
from tests.cases.mail_server import ENDED, MailServer, Rule
from tests.support.waiting import wait_until


def status_of(hub: RunningHub, person: Person) -> list[str]:
    """The statuses of a teacher's messages, each listed with its reason."""
    statuses = ("due", "sending", "failed", "sent")
    return [f"{one['status']} {one['reason']}" for s in statuses for one in hub.messages(s, {person.id})]


def test_m1_a_message_without_an_answer_is_sent_at_most_twice_and_blocks_no_other(
    hub: RunningHub, unanswered: Unanswered
) -> None:
    """One recipient's server closes after the body, another's answers after 25 seconds."""

    def copies(people: list[Person]) -> list[int]:
        return [len(hub.mail.to(person.email)) for person in people]

    def is_decided() -> bool:
        waiting = hub.waiting({person.id for person in unanswered.people})
        return max(copies(unanswered.people)) > 2 or (min(copies(unanswered.people)) > 0 and not waiting)

    wait_until(lambda: min(copies(unanswered.others)) or is_decided(), deadline=90, interval=0.5)
    assert copies(unanswered.others) == [1, 1], f"others wait behind {copies(unanswered.people)} copies"
    wait_until(is_decided, deadline=200, interval=0.5)
    assert max(copies(unanswered.people)) <= 2
    for person in unanswered.people:
        listed = [one for s in ("failed", "sent", "suppressed") for one in hub.messages(s, {person.id})]
        assert [one["attempts"] > 0 for one in listed] == [True], status_of(hub, person)


@pytest.fixture(name="later", scope="module")
def _later() -> list[Person]:
    """Teachers whose message waits for its next attempt while other cases go on."""
    return []


def test_421_at_one_message_does_not_hold_up_the_others(
    desk: Desk, mail: MailServer, later: list[Person]
) -> None:
    """More of M1's kind."""
    first, second, third = people = desk.people(3)
    with mail.behaving(Rule("RCPT", "421 4.7.0 not now", to=first.email)):
        desk.group(people)
        wait_until(lambda: mail.to(second.email) and mail.to(third.email), deadline=60)
        assert mail.to(first.email) == []
    later.append(first)


def test_a_mailbox_that_does_not_exist_fails_alone(desk: Desk, mail: MailServer) -> None:
    """A case like M2: one recipient is refused, and no other."""
    gone, there = people = desk.people(2)
    with mail.behaving(Rule("RCPT", "550 5.1.1 no such user", to=gone.email)):
        desk.group(people)
        desk.settle(*people)
    assert status_of(desk.hub, gone) == ["failed refused"]
    assert len(desk.inbox(there)) == 1


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("MAIL", "550 5.4.5 daily quota exceeded"),
        ("RCPT", "550 5.7.1 relaying denied"),  # more of M2's kind
    ],
)
def test_m2_refused_sender_fails_no_message_and_is_reported_to_operators(
    desk: Desk, mail: MailServer, later: list[Person], step: str, answer: str
) -> None:
    """An operator puts it right and starts the service again."""
    people = desk.people(3)
    ids = {person.id for person in (*people, *later)}  # the pause may begin with those that wait from before
    metrics = figures(desk.hub)
    with mail.behaving(Rule(step, answer)):
        before = len(mail.commands)
        desk.group(people)
        wait_until(lambda: step in mail.commands[before:], deadline=60)
        wait_until(lambda: any(one["reason"] for one in desk.hub.messages("due", ids)), deadline=30)
        wait_until(lambda: all(desk.hub.messages("due", {person.id}) for person in people), deadline=30)
        assert not any(
            desk.hub.messages(status, {person.id}) for status in ("failed", "sent") for person in people
        )
        assert is_reported(desk.hub, metrics), "neither a metric nor the readiness detail tells of it"
    desk.hub.restart("notifications")
    later += people


def figures(hub: RunningHub) -> dict[str, float]:
    """The metrics of notifications that are about sending."""
    lines = hub("GET", "/notifications/metrics").body.decode().splitlines()
    wanted = [one for one in lines if one.startswith("hub_") and ("mail" in one or "sender" in one)]
    return {one.rpartition(" ")[0]: float(one.rpartition(" ")[2]) for one in wanted}


def is_reported(hub: RunningHub, before: dict[str, float]) -> bool:
    """Whether a metric about sending has risen, or readiness names it."""
    risen = any(value > before.get(name, 0.0) for name, value in figures(hub).items())
    return risen or b"mail" in hub("GET", "/notifications/health/ready").body


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(name="encrypting", scope="module")
def _encrypting(hub: RunningHub, folder: Path) -> Iterator[dict[str, ssl.SSLContext]]:
    """Notifications sends with a password, trusts a private authority, and meets some certificates."""
    ours = authority(folder)
    yield {
        "self-signed of another name": self_signed(folder, ELSEWHERE),
        "of our authority for another name": ours.context(ELSEWHERE),
        "expired": ours.context(HERE, valid_for=-DAY),
        "right": ours.context(HERE),
    }
    hub.mail.tls = None
    hub.restart("notifications")


def restart(hub: RunningHub, folder: Path, tls: ssl.SSLContext) -> None:
    """Let the server show a certificate, and notifications send by STARTTLS with a password."""
    hub.mail.tls = tls
    hub.restart(
        "notifications",
        HUB_SMTP_HOST=HERE,
        HUB_SMTP_STARTTLS="1",
        HUB_SMTP_USER="office",
        HUB_SMTP_PASSWORD="secret",  # pragma: allowlist secret
        HUB_SMTP_CA_FILE=str(folder / "authority.pem"),
    )


@pytest.mark.parametrize(
    "shown", ["self-signed of another name", "of our authority for another name", "expired"]
)
def test_m3_the_password_is_not_sent_to_a_server_whose_certificate_does_not_name_it(
    desk: Desk, folder: Path, encrypting: dict[str, ssl.SSLContext], shown: str
) -> None:
    """The first is M3 as reported; the others are more of its kind."""
    (person,) = desk.people(1)
    before = len(desk.hub.mail.commands)
    restart(desk.hub, folder, encrypting[shown])
    desk.group([person])

    def said() -> list[str]:
        """Return the dialogue of the first encrypted connection and of the one after it."""
        commands = desk.hub.mail.commands[before:]
        after = commands[commands.index("STARTTLS") :] if "STARTTLS" in commands else []
        return after if ENDED in after else []

    wait_until(said, deadline=60)
    wait_until(lambda: status_of(desk.hub, person), deadline=30)
    assert "AUTH" not in said(), "the password was sent"
    assert "MAIL" not in said()
    assert status_of(desk.hub, person)[0].startswith("due ")
    assert desk.inbox(person) == []


def test_m3_a_private_authority_can_be_configured(
    desk: Desk, folder: Path, encrypting: dict[str, ssl.SSLContext]
) -> None:
    (person,) = desk.people(1)
    restart(desk.hub, folder, encrypting["right"])
    before = len(desk.hub.mail.commands)
    desk.group([person])
    desk.settle(person)
    assert len(desk.inbox(person)) == 1
    said = desk.hub.mail.commands[before:]
    assert said.index("STARTTLS") < said.index("AUTH") < said.index("MAIL")


def test_m2_what_waited_goes_out_once(desk: Desk, later: list[Person]) -> None:
    """After 421 and the sender's trouble; the last case, as an attempt may wait for a minute."""
    desk.settle(*later)
    assert [len(desk.inbox(person)) for person in later] == [1] * len(later)
