"""The setting that names foreign sources: read, or refused in a sentence."""

import pytest

from hub_platform.federation import foreign_sources
from hub_platform.runner import setting
from hub_platform.settings import load_settings

SETTINGS = {"DATABASE_URL": "postgresql://x", "AMQP_URI": "amqp://x", "TOKEN_PUBLIC_KEY": "{}"}


def test_several_sources_each_have_their_exchange() -> None:
    text = "/hubs/oxford/visits=oxford.visits.events, /hubs/fens/enrolment=from.fens"
    assert foreign_sources(text, "test") == {
        "/hubs/oxford/visits": "oxford.visits.events",
        "/hubs/fens/enrolment": "from.fens",
    }
    assert foreign_sources(" ", "test") == {}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("oxford", "is not of the form"),
        ("/hubs/oxford=oxford.events", "is not of the form"),
        ("/hubs/oxford/visits/more=oxford.visits.events", "is not of the form"),
        ("/hubs/oxford/visits=", "is not of the form"),
        ("/hubs/oxford/visits=a.b=c.d", "is not of the form"),
        ("/hubs/oxford/visits=oxford visits", "is not of the form"),
        ("/hubs/test/visits=oxford.visits.events", "is a source of this hub"),
        ("/hubs/oxford/visits=visits.events", "cannot be the exchange"),
        ("/hubs/oxford/visits=visits.refill", "cannot be the exchange"),
        ("/hubs/oxford/visits=nameko-rpc", "cannot be the exchange"),
        ("/hubs/oxford/visits=amq.topic", "cannot be the exchange"),
        ("/hubs/oxford/visits=a.b,/hubs/oxford/visits=c.d", "named twice"),
        ("/hubs/oxford/visits=a.b,/hubs/fens/visits=a.b", "named twice"),
    ],
)
def test_what_would_let_another_speak_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        foreign_sources(text, "test")


@pytest.fixture(name="settings")
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(f"HUB_{name}", value)


@pytest.mark.usefixtures("settings")
def test_a_service_and_a_rebuild_read_the_same_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings("visits").foreign_sources == {}
    assert setting("FOREIGN_SOURCES") == ""
    monkeypatch.setenv("HUB_FOREIGN_SOURCES", "/hubs/oxford/visits=oxford.visits.events")
    assert load_settings("visits").foreign_sources == {"/hubs/oxford/visits": "oxford.visits.events"}
    assert setting("FOREIGN_SOURCES") == "/hubs/oxford/visits=oxford.visits.events"


@pytest.mark.usefixtures("settings")
def test_a_malformed_value_ends_the_start_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_FOREIGN_SOURCES", "/hubs/cambridge/visits=oxford.visits.events")
    with pytest.raises(ValueError, match=r"/hubs/cambridge/visits is a source of this hub"):
        load_settings("visits")
    with pytest.raises(ValueError, match=r"/hubs/cambridge/visits is a source of this hub"):
        setting("FOREIGN_SOURCES")
