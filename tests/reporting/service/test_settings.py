"""Settings of reporting: defaults, and invalid values that stop the start."""

import pytest
from environs import EnvValidationError

from hub_reporting import config
from hub_reporting.domain.scopes import Scope

NAMES = ("ID", "NAME", "HEADLINE_SCOPE")
ADDRESSES = ("PUBLIC_URL", "SCHEMAS_URL", "SUBSCRIBERS_HOST", "SUBSCRIBERS_PORT")


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*NAMES, *ADDRESSES):
        monkeypatch.delenv(f"HUB_{name}", raising=False)


def test_default_hub_is_cambridge() -> None:
    options = config.load()
    assert (options.hub_id, options.hub_name) == ("cambridge", "Cambridge Maths Hub")
    assert options.headline == Scope("la", "873")


def test_settings_name_the_hub_and_its_headline_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in zip(NAMES, ("fens", "Fens Maths Hub", "hub"), strict=True):
        monkeypatch.setenv(f"HUB_{name}", value)
    options = config.load()
    assert (options.hub_id, options.hub_name) == ("fens", "Fens Maths Hub")
    assert options.headline == Scope("hub")


@pytest.mark.parametrize(
    ("given", "schemas", "broker"),
    [
        ({}, "https://hub.example.org/schemas", "hub.example.org:5671"),
        ({"PUBLIC_URL": ""}, "https://hub.example.org/schemas", "hub.example.org:5671"),
        (
            {"PUBLIC_URL": "https://fens.example:8443/"},
            "https://fens.example:8443/schemas",
            "fens.example:5671",
        ),
        (
            {"SCHEMAS_URL": "https://schemas.example/", "SUBSCRIBERS_HOST": "events.fens.example"},
            "https://schemas.example",
            "events.fens.example:5671",
        ),
        ({"PUBLIC_URL": "http://[::1"}, "http://[::1/schemas", "localhost:5671"),
        ({"SUBSCRIBERS_PORT": "8671"}, "https://hub.example.org/schemas", "hub.example.org:8671"),
    ],
)
def test_published_documents_have_the_addresses_of_the_deployment(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], schemas: str, broker: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"HUB_{name}", value)
    options = config.load()
    assert (options.schemas_url, options.broker) == (schemas, broker)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HEADLINE_SCOPE", "county:cambridgeshire"),
        ("HEADLINE_SCOPE", "phase:tertiary"),
    ],
)
def test_invalid_setting_stops_the_start_and_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"HUB_{name}", value)
    with pytest.raises(EnvValidationError, match=f"HUB_{name}"):
        config.load()
