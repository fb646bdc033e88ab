"""The command line with its groups of commands."""

import typer

from hubctl import (
    audit,
    doctor,
    events,
    heal,
    imports,
    issuer_keys,
    log,
    parked,
    replay,
    subscribers,
    tokens,
)

app = typer.Typer(
    name="hubctl",
    help="Operate the services of a hub.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(audit.app, name="audit")
app.add_typer(events.app, name="events")
app.add_typer(imports.app, name="import")
app.add_typer(log.app, name="log")
app.add_typer(parked.app, name="parked")
app.add_typer(subscribers.app, name="subscribers")
app.add_typer(tokens.app, name="tokens")
app.command("sign-in")(tokens.sign_in)
app.command("replay")(replay.replay)
app.command("heal")(heal.heal)
app.command("doctor")(doctor.doctor)
app.command("issuer-keys")(issuer_keys.issuer_keys)
