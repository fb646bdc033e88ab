"""`hubctl doctor`: a check of every part of a hub."""

import os
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Final
from urllib.parse import urlsplit

import typer

from hub_platform import __version__, tokens
from hub_platform.clocks import real_now
from hubctl import amqp_gateway, diagnosis, flow, logged, looking, lost, subscriber_findings
from hubctl.broker_places import find_administrator
from hubctl.diagnosis import Finding, Grade
from hubctl.options import AsJson
from hubctl.output import NOTHING, console, print_json, progress, sentences
from hubctl.places import Hub, WrongUse, find_addresses, find_hub, find_token_places
from hubctl.tokens import read_key

TOKEN_LASTS: Final = timedelta(minutes=2)
SUBJECT: Final = "doctor"
COLOURS: Final = {Grade.WELL: "green", Grade.NOTE: "yellow", Grade.WRONG: "bold red"}
HTTPS: Final = 443

Look = Callable[[], Iterator[Finding]]


@sentences
def doctor(
    as_json: AsJson = False,
    others_wrong: Annotated[int, typer.Option(min=0, help="Number of faults that were found before.")] = 0,
) -> None:
    """Check every part of the hub and print each fault with its remedy; exit code 1 if there is one."""
    hub = find_hub()
    looks = [_database_and_queue(hub, service) for service in hub.database_urls]
    looks += _services(find_addresses())
    looks += [*_certificate(os.environ), lambda: amqp_gateway.look(os.environ)]
    looks += _subscribers()
    findings: list[Finding] = []
    with progress("Looking", len(looks)) as tell:
        for number, look in enumerate(looks, start=1):
            findings += look()
            tell(number, len(looks))
    wrong = others_wrong + sum(one.grade is Grade.WRONG for one in findings)
    if as_json:
        print_json({"wrong": wrong, "findings": findings})
    else:
        _show(findings, wrong)
    if wrong:
        raise typer.Exit(NOTHING)


def _database_and_queue(hub: Hub, service: str) -> Look:
    """Return the checks of a service's database, and of its queue if the service subscribes to events."""

    def look() -> Iterator[Finding]:
        seen = looking.database(service, hub.database_url(service))
        yield from diagnosis.of_database(seen)
        if seen.listens and service in hub.amqp_uris:
            yield from diagnosis.of_queue(looking.queue(service, hub.amqp_uris[service]))
        if seen.away is None and seen.at_head:
            yield from logged.of_log(hub, service)
        if seen.listens:
            yield from lost.of_flow(flow.look(hub, service))

    return look


def _services(addresses: Mapping[str, str]) -> list[Look]:
    """Return a check of each service, with a token that is valid for a few minutes."""
    if not addresses:
        return []
    try:
        key = read_key(find_token_places().private_key)
    except WrongUse:
        return []  # the key is not available outside the deployment
    token, _ = tokens.issue(key, SUBJECT, ["board"], TOKEN_LASTS, real_now())

    def look(name: str, address: str) -> Look:
        return lambda: iter([diagnosis.of_service(looking.service(name, address, token), wanted=__version__)])

    return [look(name, address) for name, address in addresses.items()]


def _certificate(environment: Mapping[str, str]) -> list[Look]:
    """Return the check of the certificate; HUB_GATEWAY is the gateway's inner host name."""
    gateway, public = environment.get("HUB_GATEWAY"), urlsplit(environment.get("HUB_PUBLIC_URL", ""))
    if not gateway or public.scheme != "https" or not public.hostname:
        return []
    host = public.hostname
    return [lambda: iter([diagnosis.of_certificate(looking.certificate(gateway, host, HTTPS))])]


def _subscribers() -> list[Look]:
    """Return the check of subscribers, if the broker's administrator is known."""
    try:
        broker = find_administrator().management
    except WrongUse:
        return []
    return [lambda: subscriber_findings.look(broker)]


def _show(findings: list[Finding], wrong: int) -> None:
    out = console()
    for part in dict.fromkeys(one.part for one in findings):
        out.print(part[:1].upper() + part[1:], markup=False)
        for one in findings:
            if one.part == part:
                word = one.grade.upper() if one.grade is Grade.WRONG else one.grade
                out.print(f"  [{COLOURS[one.grade]}]{word:<5}[/]", end="  ")
                out.print(one.says, markup=False, soft_wrap=True)
    sentence = (
        "All is well." if not wrong else f"{wrong} {'fault was' if wrong == 1 else 'faults were'} found."
    )
    out.print(sentence, style="green" if not wrong else "bold red")
