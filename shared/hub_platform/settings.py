"""Settings of every service, read from the environment once at start.

Every name may also be given as NAME_FILE, the path of a file that holds the value (compose secrets).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from environs import EnvError, FileAwareEnv, ValidationError, validate

from hub_platform import setting_checks as check
from hub_platform.federation import foreign_sources
from hub_platform.forwarded import Network, networks

HUB_ID = "cambridge"  # default
DEPLOYMENT = "hub"
DEPLOYMENT_NAME = r"^[a-z0-9][a-z0-9_-]{0,62}\Z"  # as compose names projects
# Settings that commands read one by one and that have a default.
OPTIONAL = {"ID": HUB_ID, "FOREIGN_SOURCES": ""}
PUBLIC_URL = "https://hub.example.org"  # default; the address at which browsers reach the hub
RETRY_AFTER = "1,10,60,600,3600"  # seconds


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Settings that every service has."""

    service: str
    hub_id: str  # names the hub in the source of every event
    deployment: str  # tells it from others at the same host name, in the names of cookies
    database_url: str  # postgresql+psycopg2://…
    amqp_uri: str  # amqp://user:…@host:port/vhost
    http_host: str
    http_port: int
    token_public_key: str  # a JSON Web Key (OKP, Ed25519) that checks bearer tokens
    revoked_tokens_path: str  # of the file that `hubctl tokens revoke` writes; empty: no token can be revoked
    oidc_issuer: str  # name of an OpenID Connect issuer whose tokens are accepted too; empty: none
    oidc_audience: str  # the client id that the hub has there
    oidc_keys_path: str  # of the file that `hubctl issuer-keys` writes
    oidc_roles_claim: str
    oidc_subject_claim: str
    requests_per_minute: int  # of one subject; 0: no limit
    forms_per_minute: int  # of one address, without a credential; 0: no limit
    trusted_proxies: int  # gateways in front of the service, whose X-Forwarded-* headers are believed
    outer_gateways: tuple[Network, ...]  # in front of those, whose addresses are no visitor's
    allow_hub_time: bool  # demonstration and tests only: Hub-Time headers and events set the hub's clock
    log_level: str
    retry_after: tuple[timedelta, ...]  # the waits between attempts at a delivery that failed
    foreign_sources: dict[str, str]  # of events of other hubs that are federated here: source → exchange
    schemas_url: str  # absolute, without a slash at its end: where the schemas of events are found
    otlp_endpoint: str  # http://host:4318 of an OpenTelemetry collector; empty: no spans are made
    trace_ratio: float  # 0 to 1: the part of the traces beginning here that is sent


class Environment(FileAwareEnv):
    """Reads settings and files of them; a file that cannot be read is a sentence, not a traceback."""

    def _get_value(self, env_key: str, default: object) -> object:
        try:
            return super()._get_value(env_key, default)
        except UnicodeDecodeError as exc:
            raise EnvError(f"The file that {env_key}_FILE names is not text.") from exc
        except OSError as exc:
            raise EnvError(f"The file that {env_key}_FILE names cannot be read: {exc.strerror}.") from exc
        except EnvError:
            raise
        except ValueError as exc:
            raise EnvError(f"The file that {env_key}_FILE names cannot be read.") from exc


def environment(*, eager: bool = False) -> FileAwareEnv:
    """The process's environment; the missing or malformed are reported together by `seal()`, or at once.

    A file of a setting may end with a new line, as editors and `echo` write it.
    """
    return Environment(prefix="HUB_", eager=eager, strip_whitespace=True)


def load_settings(service: str) -> Settings:
    """Read the settings of one service.

    Raises:
        environs.EnvValidationError: naming every variable that is missing or malformed.
    """
    env = environment()
    values: dict[str, Any] = {  # Any: of the types of the fields of `Settings`
        "hub_id": env.str("ID", HUB_ID, validate=check.hub_id),
        "deployment": env.str("DEPLOYMENT", DEPLOYMENT, validate=validate.Regexp(DEPLOYMENT_NAME)),
        "database_url": env.str("DATABASE_URL", validate=check.database_url),
        "amqp_uri": env.str("AMQP_URI", validate=check.broker_uri),
        "http_host": env.str("HTTP_HOST", "127.0.0.1"),
        "http_port": env.int("HTTP_PORT", 8000, validate=validate.Range(0, 65_535)),
        "token_public_key": env.str("TOKEN_PUBLIC_KEY"),
        "revoked_tokens_path": env.str("REVOKED_TOKENS_PATH", ""),
        "oidc_issuer": env.str("OIDC_ISSUER", "", validate=check.web_address),
        "oidc_audience": env.str("OIDC_AUDIENCE", "hub"),
        "oidc_keys_path": env.str("OIDC_KEYS_PATH", ""),
        "oidc_roles_claim": env.str("OIDC_ROLES_CLAIM", "roles"),
        "oidc_subject_claim": env.str("OIDC_SUBJECT_CLAIM", "sub"),
        "requests_per_minute": env.int("REQUESTS_PER_MINUTE", 3_000, validate=validate.Range(0)),
        "forms_per_minute": env.int("FORMS_PER_MINUTE", 20, validate=validate.Range(0)),
        "trusted_proxies": env.int("TRUSTED_PROXIES", 0, validate=validate.Range(0, 5)),
        "outer_gateways": env.str("OUTER_GATEWAYS", "", validate=check.gateways),
        "allow_hub_time": env.bool("ALLOW_HUB_TIME", False),
        "log_level": env.str("LOG_LEVEL", "INFO", validate=check.log_level),
        "retry_after": env.str("RETRY_AFTER", RETRY_AFTER, validate=check.waits),
        "foreign_sources": env.str("FOREIGN_SOURCES", "", validate=check_foreign_sources(env)),
        "schemas_url": (env.str("SCHEMAS_URL", "", validate=check.absolute) or "").rstrip("/")
        or f"{(env.str('PUBLIC_URL', PUBLIC_URL, validate=check.web_address) or '').rstrip('/')}/schemas",
        "otlp_endpoint": env.str("OTLP_ENDPOINT", "", validate=check.web_address),
        "trace_ratio": env.float("TRACE_RATIO", 1.0, validate=validate.Range(0, 1)),
    }
    env.seal()
    values["retry_after"] = tuple(map(_seconds, values["retry_after"].split(",")))
    values["outer_gateways"] = networks(values["outer_gateways"])
    values["foreign_sources"] = foreign_sources(values["foreign_sources"], values["hub_id"])
    return Settings(service=service, **values)


def check_foreign_sources(env: FileAwareEnv) -> Callable[[str], None]:
    """Return a check that raises unless a text lists foreign sources of this hub."""

    def check(text: str) -> None:
        try:
            foreign_sources(text, env.str("ID", HUB_ID))
        except ValueError as exc:
            raise ValidationError(str(exc)) from exc

    return check


def _seconds(text: str) -> timedelta:
    return timedelta(seconds=float(text))
