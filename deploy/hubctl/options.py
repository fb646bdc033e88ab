"""Options that several commands have."""

import getpass
from typing import Annotated

import typer

from hub_messaging.operator_actions import Operator
from hubctl.editor import at_a_terminal
from hubctl.places import WrongUse

Services = Annotated[
    list[str] | None, typer.Option("--service", "-s", help="A service; may be repeated. All, unless given.")
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output, of a shape that stays.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]
By = Annotated[
    str, typer.Option("--by", envvar="HUB_OPERATOR", help="Who you are; the account's name, unless given.")
]
Why = Annotated[str, typer.Option("--why", help="Why; written down with it. Asked for at a terminal.")]
Error = Annotated[str | None, typer.Option("--error", help="Those that failed with this class of error.")]
Type = Annotated[str | None, typer.Option("--type", help="Those of this event type.")]


def operator(by: str, why: str) -> Operator:
    """Who acts, and why; asks for the reason at a terminal.

    Raises:
        WrongUse: nobody said why.
    """
    if not why.strip() and at_a_terminal():
        why = typer.prompt("Why", default="", show_default=False)
    if not why.strip():
        raise WrongUse("Say why with --why: it is written down.")
    return Operator(by.strip() or account(), why.strip())


def account() -> str:
    """The name of the account that runs this.

    Raises:
        WrongUse: it has none.
    """
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise WrongUse("This account has no name: say who you are with --by.") from None
