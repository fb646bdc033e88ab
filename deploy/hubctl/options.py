"""Options of several commands."""

import getpass
from dataclasses import dataclass
from typing import Annotated

import typer

from hub_messaging.operator_actions import Operator
from hubctl.editor import at_a_terminal
from hubctl.places import WrongUse

Services = Annotated[
    list[str] | None, typer.Option("--service", "-s", help="A service; may be repeated. Default: all.")
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output, with a stable structure.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print what would be done, without doing it.")]
By = Annotated[
    str,
    typer.Option("--by", envvar="HUB_OPERATOR", help="Your name for the audit; default: the account's name."),
]
Why = Annotated[str, typer.Option("--why", help="Reason for the audit; asked for at a terminal.")]
Error = Annotated[
    str | None, typer.Option("--error", help="Only deliveries that failed with this class of error.")
]
Type = Annotated[str | None, typer.Option("--type", help="Only this event type.")]


@dataclass(frozen=True)
class Request:
    """The operator of a change and the reason; whether it is only tried, and how the result is printed."""

    by: str
    why: str
    dry_run: bool
    as_json: bool

    def operator(self) -> Operator | None:
        """Return the operator who is recorded; None for a dry run."""
        return None if self.dry_run else operator(self.by, self.why)


def operator(by: str, why: str) -> Operator:
    """Return the operator with the reason, which is asked for at a terminal.

    Raises:
        WrongUse: there is no reason.
    """
    if not why.strip() and at_a_terminal():
        why = typer.prompt("Why", default="", show_default=False)
    if not why.strip():
        raise WrongUse("Give the reason with --why: it is recorded.")
    return Operator(by.strip() or account(), why.strip())


def account() -> str:
    """Return the name of this account.

    Raises:
        WrongUse: it has no name.
    """
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise WrongUse("This account has no name: give yours with --by.") from None
