"""Each statement and number of docs/subscribing.md agrees with the hub."""

import re
import shlex

import pytest
from tests.subscribing import page

from hub_contracts import EVENTS, MARKS
from hub_messaging.subscribers import limits
from hub_messaging.subscribers.event_selection import chosen
from hubctl.catalogue import CATALOGUE

DEFAULT = limits.Limits()
MEBIBYTES = DEFAULT.size // limits.MEBIBYTE


@pytest.mark.parametrize(
    "words",
    [
        f"at most {DEFAULT.messages:,} events or {MEBIBYTES} MiB, each for {DEFAULT.days} days",
        f"redelivered {limits.DELIVERIES} times",
        f"{limits.DEAD_MESSAGES:,} messages, {DEFAULT.days} days",
        f"{limits.CONNECTIONS} at a time, {limits.CHANNELS} channels",
    ],
)
def test_a_limit_is_the_one_that_is_set(words: str) -> None:
    assert words in page.sections()["Your access"]


def test_its_links_lead_somewhere() -> None:
    headings = {
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        for title in (*page.sections(), *page.sections(level=3))
    }
    for target in re.findall(r"\]\(([^)]+)\)", page.text()):
        path, _, anchor = target.partition("#")
        if not path:
            assert anchor in headings, target
        elif "://" not in path:
            assert (page.PAGE.parent / path).is_file(), target


def test_the_types_that_it_names_exist() -> None:
    named = set(re.findall(r"`([A-Z][a-z]+[A-Z]\w+)`", page.text()))
    assert named <= set(EVENTS) | set(MARKS)
    assert {"VisitLogged", "TeacherMerged", "TeacherAnonymised", "LogMark"} <= named


def test_the_operators_command_names_events_that_can_be_subscribed_to() -> None:
    words = shlex.split(page.adding())
    asked = words[words.index("--events") + 1]
    assert chosen([asked], CATALOGUE) == {"visits": frozenset(asked.split(","))}
