"""Every setting of a deployment, and checks of those that no service reads.

`settings_check` checks the others with the code of the service that reads them.
"""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Final

Check = Callable[[str], str | None]  # the end of a sentence when the value is wrong

_HOST: Final = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*"
_ADDRESS: Final = re.compile(rf":80|(https?://)?{_HOST}")
_URL: Final = re.compile(rf"https?://({_HOST}|\[[0-9A-Fa-f:.]+\])(:[1-9][0-9]{{0,4}})?/?")
_HOST_NAME: Final = re.compile(_HOST)
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
SUBSCRIBERS: Final = "subscribers"  # the profile with the AMQP gateway
PROFILES: Final = ("observability", SUBSCRIBERS)
LONGEST_NAME: Final = 200


def one_of(*values: str) -> Check:
    """Return a check that accepts these values only."""
    return lambda value: (
        None if value in values else f"this must be {', '.join(values[:-1])} or {values[-1]}."
    )


def _address(value: str) -> str | None:
    if _ADDRESS.fullmatch(value):
        return None
    return (
        "this must be :80, a name such as hub.example.org, or https:// and a name;"
        " ports are chosen with HUB_HTTP_PORT and HUB_HTTPS_PORT."
    )


def _host(value: str) -> str | None:
    if _HOST_NAME.fullmatch(value):
        return None
    return "this must be a name such as hub.example.org, or an IPv4 address, without a port."


def _id(value: str) -> str | None:
    if _ID.fullmatch(value):
        return None
    return "this must be 1 to 63 letters, digits, dots, hyphens and underscores."


def _name(value: str) -> str | None:
    if len(value) > LONGEST_NAME or not value.isprintable():
        return f"this must be at most {LONGEST_NAME} printable characters, in UTF-8."
    return None


def profiles_of(values: Mapping[str, str]) -> set[str]:
    """Return the profiles of compose.yaml that COMPOSE_PROFILES names."""
    return {one.strip() for one in values.get("COMPOSE_PROFILES", "").split(",")}


def _profiles(value: str) -> str | None:
    # deploy/compose.sh adds the profiles of a demonstration, an issuer and the operator's commands.
    unknown = profiles_of({"COMPOSE_PROFILES": value}) - {*PROFILES, "demo", "oidc", "operator", ""}
    return (
        f"there is no {min(unknown)!r}: this must be {' or '.join(PROFILES)}, or empty." if unknown else None
    )


def _addresses(value: str) -> str | None:
    if all(_URL.fullmatch(one.strip()) for one in value.split(",")):
        return None
    return "this must be addresses such as https://rabbit1.example:15671, with commas between them."


def _anything(_value: str) -> None:
    return None


# Read by the script, the gateway or Compose. deploy/compose/settings.sh has refused values that Compose
# cannot read.
OF_DEPLOYMENT: Final[Mapping[str, Check]] = {
    "HUB_ID": _id,
    "HUB_NAME": _name,
    "HUB_ADDRESS": _address,
    "HUB_TLS": _anything,  # the gateway checks it
    "HUB_BIND": _anything,
    "HUB_HTTP_PORT": _anything,
    "HUB_HTTPS_PORT": _anything,
    "HUB_DEMO_HTTP_PORT": _anything,
    "HUB_DEMO_HTTPS_PORT": _anything,
    "HUB_BROKER_MANAGEMENT_URL": _addresses,
    "HUB_SUBSCRIBERS_HOST": _host,
    "HUB_SUBSCRIBERS_PORT": _anything,
    "HUB_DEMO_SUBSCRIBERS_PORT": _anything,
    "HUB_INSIDE_CLOSED": one_of("true", "false"),
    "HUB_SECRETS": _anything,
    "HUB_BACKUPS": _anything,
    "HUB_LOSSES_DIR": _anything,
    "COMPOSE_PROFILES": _profiles,
}
# Read by services; compose.yaml passes each to those that read it.
OF_SERVICES: Final = frozenset(
    {
        "HUB_PUBLIC_URL",
        "HUB_SCHEMAS_URL",
        "HUB_HEADLINE_SCOPE",
        "HUB_LOG_LEVEL",
        "HUB_OTLP_ENDPOINT",
        "HUB_TRACE_RATIO",
        "HUB_RETRY_AFTER",
        "HUB_SETTLE_SECONDS",
        "HUB_REQUESTS_PER_MINUTE",
        "HUB_FORMS_PER_MINUTE",
        "HUB_ALLOW_HUB_TIME",
        "HUB_FOREIGN_SOURCES",
        "HUB_OUTER_GATEWAYS",
        "HUB_SMTP_HOST",
        "HUB_SMTP_PORT",
        "HUB_SMTP_USER",
        "HUB_SMTP_TLS",
        "HUB_SMTP_STARTTLS",
        "HUB_MAIL_FROM",
        "HUB_OIDC_ISSUER",
        "HUB_OIDC_AUDIENCE",
        "HUB_OIDC_ROLES_CLAIM",
        "HUB_OIDC_SUBJECT_CLAIM",
    }
)
DOCUMENTED: Final = OF_SERVICES | OF_DEPLOYMENT.keys()
# Not settings of a hub, and allowed. `make doctor` reports the second as obsolete.
TOLERATED: Final = frozenset({"HUB_VERSION", "HUB_AREA_LA_CODES", "HUB_DEMO", "HUB_OPERATOR"})


def wrong_values(values: Mapping[str, str]) -> dict[str, str]:
    """Return the deployment's own settings that are wrong: name → sentence."""
    wrong: dict[str, str] = {}
    for name, check in OF_DEPLOYMENT.items():
        if (value := values.get(name)) and (why := check(value)):
            wrong[name] = f'{name} is "{readable(value)}": {why}'
    if values.get("HUB_TLS") and values.get("HUB_ADDRESS", ":80").startswith((":", "http://")):
        wrong["HUB_TLS"] = "HUB_TLS is set, but HUB_ADDRESS is not https:// and a name: set both or neither."
    if (port := values.get("HUB_HTTP_PORT", "80")) == values.get("HUB_HTTPS_PORT", "443"):
        wrong["HUB_HTTPS_PORT"] = f"HUB_HTTP_PORT and HUB_HTTPS_PORT are both {port}: choose two ports."
    if SUBSCRIBERS in profiles_of(values):
        own = values.get("HUB_SUBSCRIBERS_PORT", "5671")
        if own in (values.get("HUB_HTTP_PORT", "80"), values.get("HUB_HTTPS_PORT", "443")):
            wrong["HUB_SUBSCRIBERS_PORT"] = (
                f"HUB_SUBSCRIBERS_PORT is {own}, a port of the HTTP gateway: choose another."
            )
    return wrong


def unknown(names: list[str]) -> list[str]:
    """Return a sentence for each name in deploy/.env that is not a setting, with the closest setting."""
    said: list[str] = []
    for name in names:
        if name.startswith("HUB_") and name not in DOCUMENTED | TOLERATED:
            meant = get_close_matches(name, DOCUMENTED, n=1, cutoff=0.7)
            what = f"is {meant[0]} meant?" if meant else "remove it; docs/operations.md lists all."
            said.append(f"{name} in deploy/.env is not a setting of this release: {what}")
    return said


def readable(value: str) -> str:
    """Return a value for a terminal: without control characters, and shortened."""
    shown = value.encode("utf-8", "backslashreplace").decode()
    shown = "".join(one if one.isprintable() else "?" for one in shown)
    return shown if len(shown) <= LONGEST_NAME // 2 else f"{shown[: LONGEST_NAME // 2]}…"
