"""`hubctl issuer-keys`: download of an OpenID Connect issuer's keys for services without outside access."""

import json
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

import typer
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from urllib3.exceptions import HTTPError

from hubctl import http_client, shown
from hubctl.options import AsJson
from hubctl.output import NOTHING, leave, print_json, sentences
from hubctl.places import WrongUse, find_token_places

FILE: Final = "issuer_keys.json"
DISCOVERY: Final = "/.well-known/openid-configuration"  # OpenID Connect Discovery 1.0, section 4
SECONDS: Final = 15
LARGEST: Final = 1_000_000  # bytes, of an answer


@sentences
def issuer_keys(
    issuer: Annotated[
        str, typer.Argument(envvar="HUB_OIDC_ISSUER", help="The issuer as in its tokens: https://…")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Download an issuer's keys; services use them a few seconds later. Run it daily, as keys change."""
    if urlsplit(issuer).scheme != "https":
        raise WrongUse("Name the issuer, in HUB_OIDC_ISSUER or as an argument: an https URL.")
    folder = find_token_places().folder
    try:
        described = _fetch(issuer.rstrip("/") + DISCOVERY)
        if described.get("issuer") != issuer:
            leave(
                f"The issuer's own name is {described.get('issuer')}: set HUB_OIDC_ISSUER to that.", NOTHING
            )
        keys = _fetch(str(described["jwks_uri"]))
        number = len(KeySet.import_key_set(keys).keys)  # type: ignore[arg-type] # it checks the value itself
    except (HTTPError, OSError, ValueError, KeyError, TypeError, JoseError) as exc:
        reason = http_client.cause_of(exc)
        leave(f"The issuer's keys cannot be downloaded ({reason}); the known keys stay valid.", NOTHING)
        return
    _keep(folder / FILE, json.dumps(keys))
    if as_json:
        print_json({"issuer": issuer, "keys": number})
    else:
        shown.say(f"Stored {number} keys of {issuer}.")


def _fetch(url: str) -> dict[str, object]:
    if urlsplit(url).scheme != "https":
        raise ValueError("not https")
    found = json.loads(_download(url))
    if not isinstance(found, dict):
        raise TypeError("no object")
    return found


def _download(url: str) -> bytes:
    """Return the first LARGEST bytes of an answer.

    Raises:
        HTTPError: there is no answer, or its status is not 200.
    """
    with http_client.outside_client(url, SECONDS) as client:
        answer = client.request("GET", url, preload_content=False)
        if answer.status != HTTPStatus.OK:
            raise HTTPError(f"status {answer.status}")
        return answer.read(LARGEST)


def _keep(path: Path, content: str) -> None:
    """Replace the file in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".new")
    unfinished.write_text(content)
    unfinished.replace(path)
