"""The context of a process, assembled from its settings."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import sessionmaker
from tests.platform.contexts import make_context

from hub_platform.assembly import clocks_of, database_check, followers_of, issuer_of, make_config
from hub_platform.clocks import SettableClock, WallClock
from hub_platform.context import Context, context_of
from hub_platform.settings import Settings


def test_without_an_issuer_none_is_asked(tmp_path: Path) -> None:
    named = {"oidc_audience": "hub", "oidc_roles_claim": "roles", "oidc_subject_claim": "sub"}
    keys = {"oidc_keys_path": str(tmp_path / "keys.json")}

    def settings(issuer: str) -> Settings:
        return cast("Settings", SimpleNamespace(oidc_issuer=issuer, **named, **keys))

    assert issuer_of(settings("")) is None
    issuer = issuer_of(settings("https://x.example"))
    assert issuer is not None
    assert (issuer.name, issuer.audience) == ("https://x.example", "hub")
    assert (issuer.keys_path, issuer.roles_claim, issuer.subject_claim) == (
        tmp_path / "keys.json",
        "roles",
        "sub",
    )


def test_hub_time_can_be_set_only_where_that_is_allowed() -> None:
    fixed = made_of(allow_hub_time=False)
    assert isinstance(fixed.clocks.hub, WallClock)
    assert followers_of(fixed) == []
    settable = made_of(allow_hub_time=True)
    assert isinstance(settable.clocks.hub, SettableClock)
    assert len(followers_of(settable)) == 1


def made_of(*, allow_hub_time: bool) -> Context[None]:
    settings = cast("Settings", SimpleNamespace(allow_hub_time=allow_hub_time, hub_id="test"))
    return make_context(settings=settings, clocks=clocks_of(settings, sessionmaker()))


def test_settings_and_context_reach_nameko_and_the_messaging_library() -> None:
    settings = SimpleNamespace(
        amqp_uri="amqp://broker", http_host="127.0.0.1", http_port=80, allow_hub_time=False
    )
    made = make_context(settings=settings)
    config = make_config(made)
    assert context_of(SimpleNamespace(config=config)) is made
    assert (config["AMQP_URI"], config["WEB_SERVER_ADDRESS"]) == ("amqp://broker", "127.0.0.1:80")
    assert config["checks"] is made.checks
    assert config["work_left"] is made.work_left


def test_a_database_that_does_not_answer_is_said_to_the_readiness_probe(tmp_path: Path) -> None:
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "0001_first.py").write_text("")
    engine = sa.create_engine("postgresql+psycopg2://user@127.0.0.1:1/nothing")
    assert database_check(sessionmaker(engine), tmp_path)() == "the database does not answer"
