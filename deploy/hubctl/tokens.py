"""`hubctl tokens` and `hubctl sign-in`: issue, list and revoke credentials of people and programs."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Final

import typer
from joserfc.jwk import OKPKey
from rich.text import Text

from hub_platform import tokens
from hub_platform.clocks import real_now
from hubctl import shown
from hubctl.options import AsJson, By, Why, account, operator
from hubctl.output import (
    NOTHING,
    console,
    errors,
    fields_of,
    flattened,
    instant,
    leave,
    print_json,
    printable,
    sentences,
)
from hubctl.places import WrongUse, find_token_places
from hubctl.token_book import Entry, TokenBook

ROLES: Final = ("hub_admin", "hub_lead", "work_group_lead", "pd_lead", "board", "subscriber")
DAYS: Final = 90
DAYS_AT_MOST: Final = 366
HOURS_AT_MOST: Final = 12

app = typer.Typer(help="Issue, list and revoke the tokens of people and programs.", no_args_is_help=True)


@app.command("issue")
@sentences
def issue(
    subject: Annotated[str, typer.Argument(help="The holder: an id, never a name or an address.")],
    role: Annotated[list[str], typer.Option("--role", "-r", help=f"{', '.join(ROLES)}; may be repeated.")],
    days: Annotated[int, typer.Option(min=1, max=DAYS_AT_MOST, help="Days of validity.")] = DAYS,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Print a new token; it is shown only once and not stored."""
    _check(subject, role)
    places = find_token_places()
    key = read_key(places.private_key)
    token, issued = tokens.issue(key, subject, role, timedelta(days=days), real_now())
    with TokenBook(places.folder).changing() as entries:
        entries.append(Entry(issued, by.strip() or account()))
    if as_json:
        print_json({"token": token} | fields_of(issued))
        return
    typer.echo(token)
    errors().print(
        f"Token {issued.id} for {subject}, valid until {instant(issued.expires_at)}.", markup=False
    )


@sentences
def sign_in(
    subject: Annotated[
        str, typer.Argument(help="The person who signs in: an id, never a name or an address.")
    ],
    role: Annotated[list[str], typer.Option("--role", "-r", help=f"{', '.join(ROLES)}; may be repeated.")],
    hours: Annotated[int, typer.Option(min=1, max=HOURS_AT_MOST, help="Maximum hours of the session.")] = 12,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Print a link that signs a person in once, within 15 minutes."""
    _check(subject, role)
    places = find_token_places()
    key = read_key(places.private_key)
    token, issued = tokens.issue_sign_in(key, subject, role, timedelta(hours=hours), real_now())
    with TokenBook(places.folder).changing() as entries:
        entries.append(Entry(issued, by.strip() or account(), use="sign-in"))
    link = f"{places.address.rstrip('/')}/sign-in?token={token}"
    if as_json:
        print_json({"link": link, "use_before": issued.issued_at + tokens.LINK_LIFETIME} | fields_of(issued))
        return
    typer.echo(link)
    ends = instant(issued.expires_at)
    errors().print(f"Valid once, within 15 minutes; the session ends by {ends} ({issued.id}).", markup=False)


@app.command("list")
@sentences
def list_tokens(
    everything: Annotated[bool, typer.Option("--all", help="Include expired and revoked tokens.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the valid tokens with their subjects, roles and ends."""
    now = real_now()
    entries = TokenBook(find_token_places().folder).entries()
    listed = [one for one in entries if everything or one.state(now) == "valid"]
    if as_json:
        print_json({"tokens": [_told(one, now) for one in listed]})
        return
    if not listed:
        shown.say("There are no valid tokens.")
        return
    wide = console().width >= shown.WIDE
    more = ["use", "issued"] if wide else []
    table = shown.table_of("token", "subject", "roles", *more, "expires", *(["state"] if everything else []))
    for one in listed:
        token = one.token
        cells = [token.id, printable(token.subject), ", ".join(token.roles)]
        cells += [one.use, instant(token.issued_at)[:16]] if wide else []
        cells += [instant(token.expires_at)[: 16 if wide else 10], *([one.state(now)] if everything else [])]
        table.add_row(*map(Text, cells))
    console().print(table)


@app.command("revoke")
@sentences
def revoke(
    token_id: Annotated[list[str] | None, typer.Argument(help="Ids from `hubctl tokens list`.")] = None,
    subject: Annotated[str | None, typer.Option("--subject", help="All tokens of this subject.")] = None,
    by: By = "",
    why: Why = "",
    as_json: AsJson = False,
) -> None:
    """Revoke tokens; every service refuses them within a minute."""
    if bool(token_id) == bool(subject):
        raise WrongUse("Select tokens: ids, or --subject.")
    who, now = operator(by, why), real_now()
    with TokenBook(find_token_places().folder).changing() as entries:
        chosen = _chosen(entries, token_id or [], subject)
        for place in chosen:
            if entries[place].revoked_at is None:
                entries[place] = replace(entries[place], revoked_at=now, revoked_by=who.by, why=who.why)
        done = [entries[place] for place in chosen]
    if as_json:
        print_json({"tokens": [_told(one, now) for one in done]})
    elif done:
        shown.say(f"Revoked {len(done)}; every service refuses them within a minute.")
    if not done:
        leave("No such token exists; `hubctl tokens list --all` shows all.", NOTHING)


def _check(subject: str, roles: list[str]) -> None:
    """Raise if a role or the subject is not valid.

    Raises:
        WrongUse: a role does not exist, or the subject looks like personal data.
    """
    if unknown := sorted(set(roles) - set(ROLES)):
        raise WrongUse(f"There is no role {unknown[0]!r}; there are {', '.join(ROLES)}.")
    if not subject.strip() or "@" in subject or any(c.isspace() for c in subject):
        raise WrongUse("Use an id as the subject, because subjects are written to logs.")


def _chosen(entries: list[Entry], ids: list[str], subject: str | None) -> list[int]:
    """Return the indexes of the selected tokens.

    Raises:
        WrongUse: an id is not known, so nothing is revoked.
    """
    known = {one.token.id: place for place, one in enumerate(entries)}
    if unknown := [one for one in ids if one not in known]:
        raise WrongUse(f"There is no token {unknown[0]}; nothing was revoked.")
    if subject is None:
        return [known[one] for one in dict.fromkeys(ids)]
    return [place for place, one in enumerate(entries) if one.token.subject == subject]


def _told(entry: Entry, now: datetime) -> dict[str, object]:
    return flattened(entry, "token") | {"state": entry.state(now)}


def read_key(text: str) -> OKPKey:
    """Read the key that signs tokens.

    Raises:
        WrongUse: it cannot be read, or is a public key.
    """
    try:
        return tokens.read_key(text)
    except tokens.NoSigningKey as exc:
        raise WrongUse(str(exc)) from exc
