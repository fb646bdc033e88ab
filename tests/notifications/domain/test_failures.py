"""Classes of mail server replies, and the retry policy of undelivered messages."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_notifications.domain.failures import SENDER_TROUBLES, Failure, NextStep, next_step, sender_pause
from hub_notifications.domain.messages import RETRY_AFTER
from hub_notifications.domain.smtp_replies import Classification, Reply, Step, classify

NOW = datetime(2026, 9, 7, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
AWAY = Classification(Failure.UNREACHABLE, "mail_away")
LATER = Classification(Failure.TEMPORARY, "put_off")
REFUSED = Classification(Failure.RECIPIENT, "refused")


def sender(reason: str, *, needs_confirmation: bool = False) -> Classification:
    return Classification(Failure.SENDER, reason, needs_confirmation)


@pytest.mark.parametrize(
    ("step", "reply", "verdict"),
    [
        # A server that is away, or takes nothing from here.
        (Step.CONNECT, Reply(421), AWAY),
        (Step.CONNECT, Reply(450, "4.3.2 busy"), AWAY),
        (Step.CONNECT, Reply(554, "5.7.1 blocked"), sender("service_refused")),
        (Step.HELLO, Reply(550, "no"), sender("service_refused")),
        (Step.TLS, Reply(454, "4.7.0 not now"), AWAY),
        (Step.TLS, Reply(502, "what?"), sender("tls_not_offered")),
        (Step.BODY, Reply(421, "4.3.2 closing"), AWAY),
        # Signing in.
        (Step.SIGN_IN, Reply(535, "5.7.8 no"), sender("authentication_refused")),
        (Step.SIGN_IN, Reply(454, "4.7.0 too many"), sender("authentication_refused")),
        (Step.MAIL, Reply(530, "5.7.0 sign in first"), sender("authentication_refused")),
        (Step.RCPT, Reply(530, "5.7.0 sign in first"), sender("authentication_refused")),
        # The sender's address and limits, wherever a server says so.
        (Step.MAIL, Reply(550, "5.4.5 daily quota exceeded"), sender("quota_exceeded")),
        (Step.MAIL, Reply(452, "4.4.5 congested"), sender("quota_exceeded")),
        (Step.RCPT, Reply(550, "5.4.5 daily quota exceeded"), sender("quota_exceeded")),
        (Step.BODY, Reply(550, "5.4.5 daily quota exceeded"), sender("quota_exceeded")),
        (Step.BODY, Reply(550, "5.1.90 daily limit for recipients"), sender("quota_exceeded")),
        (Step.MAIL, Reply(550, "no"), sender("sender_refused")),
        (Step.MAIL, Reply(553, "5.1.8 no such domain"), sender("sender_refused")),
        (Step.RCPT, Reply(450, "4.1.8 no such domain"), sender("sender_refused")),
        (Step.MAIL, Reply(451, "4.7.0 later"), sender("sender_put_off")),
        # Replies that concern the sender or this recipient.
        (Step.RCPT, Reply(554, "5.7.1 relay access denied"), sender("relay_denied", needs_confirmation=True)),
        (Step.RCPT, Reply(550, "relay not permitted"), sender("relay_denied", needs_confirmation=True)),
        (Step.DATA, Reply(554, "5.7.1 no"), sender("relay_denied", needs_confirmation=True)),
        (
            Step.BODY,
            Reply(550, "5.7.26 not authenticated"),
            sender("sender_refused", needs_confirmation=True),
        ),
        # This message, this recipient.
        (Step.MAIL, Reply(552, "5.3.4 too big"), REFUSED),
        (Step.MAIL, Reply(550, "5.6.7 address beyond ASCII"), REFUSED),
        (Step.RCPT, Reply(550, "5.1.1 no such user"), REFUSED),
        (Step.RCPT, Reply(550, "no such user"), REFUSED),
        (Step.RCPT, Reply(552, "5.2.2 mailbox full"), REFUSED),  # its quota, not the sender's
        (Step.RCPT, Reply(550, "5.4.54 no"), REFUSED),
        (Step.BODY, Reply(554, "5.7.1 spam"), REFUSED),
        (Step.BODY, Reply(554, "5.7.2 no relay for lists"), REFUSED),
        # Later.
        (Step.RCPT, Reply(450, "4.7.1 greylisted"), LATER),
        (Step.RCPT, Reply(452, "4.2.2 mailbox full"), LATER),
        (Step.DATA, Reply(451, "4.3.0 later"), LATER),
        (Step.BODY, Reply(451, "later"), LATER),
    ],
)
def test_reply_is_classified_by_step_and_code(step: Step, reply: Reply, verdict: Classification) -> None:
    assert classify(step, reply) == verdict


@given(
    step=st.sampled_from(Step),
    code=st.integers(400, 599),
    enhanced=st.none() | st.tuples(st.integers(0, 7), st.integers(0, 999)),
    text=st.text(),
)
def test_each_sender_trouble_has_a_text_for_operators(
    step: Step, code: int, enhanced: tuple[int, int] | None, text: str
) -> None:
    said = text if enhanced is None else f"{code // 100}.{enhanced[0]}.{enhanced[1]} {text}"
    verdict = classify(step, Reply(code, said))
    assert (verdict.failure is Failure.SENDER) == (verdict.reason in SENDER_TROUBLES)
    assert verdict.failure is not Failure.UNCERTAIN  # an answer was given
    if code < 500:
        assert verdict.failure is not Failure.RECIPIENT


@pytest.mark.parametrize(
    ("failure", "attempts", "uncertain", "following"),
    [
        (Failure.RECIPIENT, 0, 0, NextStep(attempts=1, uncertain=0, retry_at=None)),
        (Failure.TEMPORARY, 0, 0, NextStep(attempts=1, uncertain=0, retry_at=NOW + MINUTE)),
        (Failure.TEMPORARY, 3, 1, NextStep(attempts=4, uncertain=1, retry_at=NOW + 360 * MINUTE)),
        (Failure.TEMPORARY, 6, 0, NextStep(attempts=7, uncertain=0, retry_at=NOW + 360 * MINUTE)),
        (Failure.TEMPORARY, 7, 0, NextStep(attempts=8, uncertain=0, retry_at=None)),
        (Failure.UNCERTAIN, 0, 0, NextStep(attempts=1, uncertain=1, retry_at=NOW + MINUTE)),
        (Failure.UNCERTAIN, 1, 1, NextStep(attempts=2, uncertain=2, retry_at=None)),
        (Failure.UNCERTAIN, 7, 0, NextStep(attempts=8, uncertain=1, retry_at=None)),
        (Failure.SENDER, 2, 1, NextStep(attempts=2, uncertain=1, retry_at=NOW + MINUTE)),
        (Failure.UNREACHABLE, 7, 1, NextStep(attempts=7, uncertain=1, retry_at=NOW + MINUTE)),
    ],
)
def test_undelivered_message_is_retried_or_failed_by_class(
    failure: Failure, attempts: int, uncertain: int, following: NextStep
) -> None:
    assert next_step(failure, attempts=attempts, uncertain=uncertain, at=NOW) == following


@given(st.lists(st.sampled_from(Failure), max_size=40))
def test_uncertain_message_is_repeated_at_most_once(met: list[Failure]) -> None:
    state, at, uncertain = NextStep(attempts=0, uncertain=0, retry_at=NOW), NOW, 0
    for failure in met:
        if state.retry_at is None:
            break
        at = state.retry_at
        uncertain += failure is Failure.UNCERTAIN
        state = next_step(failure, attempts=state.attempts, uncertain=state.uncertain, at=at)
        assert state.retry_at is None or state.retry_at > at
    assert uncertain <= 2
    assert state.attempts <= len(RETRY_AFTER) + 1


def test_message_survives_a_provider_that_defers_for_a_day() -> None:
    assert sum(RETRY_AFTER, timedelta()) > timedelta(days=1)


def test_pause_increases_from_one_minute_to_fifteen() -> None:
    assert [sender_pause(times) / MINUTE for times in (1, 2, 3, 4, 5, 6, 99)] == [1, 2, 4, 8, 15, 15, 15]
