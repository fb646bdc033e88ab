"""The base of every event's dataschema: the operator's setting, otherwise the hub's own address."""

import pytest
from environs import EnvValidationError

from hub_platform.settings import load_settings

SETTINGS = {"DATABASE_URL": "postgresql://x", "AMQP_URI": "amqp://x", "TOKEN_PUBLIC_KEY": "{}"}


@pytest.fixture(name="given")
def _given(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(f"HUB_{name}", value)
    for name in ("SCHEMAS_URL", "PUBLIC_URL"):
        monkeypatch.delenv(f"HUB_{name}", raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("schemas", "public", "begins"),
    [
        (None, None, "https://hub.example.org/schemas"),
        (None, "https://hub.lan/", "https://hub.lan/schemas"),
        ("", "https://hub.lan", "https://hub.lan/schemas"),
        ("https://schemas.example/hub/", "https://hub.lan", "https://schemas.example/hub"),
    ],
)
def test_schemas_are_found_where_the_operator_says_or_at_the_hubs_address(
    given: pytest.MonkeyPatch, schemas: str | None, public: str | None, begins: str
) -> None:
    for name, value in {"SCHEMAS_URL": schemas, "PUBLIC_URL": public}.items():
        if value is not None:
            given.setenv(f"HUB_{name}", value)
    assert load_settings("visits").schemas_url == begins


@pytest.mark.parametrize("relative", ["/schemas", "hub.example.org/schemas", "schemas"])
def test_a_relative_one_ends_the_start(given: pytest.MonkeyPatch, relative: str) -> None:
    given.setenv("HUB_SCHEMAS_URL", relative)
    with pytest.raises(EnvValidationError, match="SCHEMAS_URL"):
        load_settings("visits")
