"""The sign-in page: a link or a token begins a session, known by a cookie out of reach of scripts."""

from typing import Final, TypedDict
from urllib.parse import parse_qs

from marshmallow import Schema, fields
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub_platform.access import ANYONE, Actor, TokenCheck, unauthorised
from hub_platform.audit import acts_as
from hub_platform.context import context_of
from hub_platform.dependencies import Dependency, cookie_name
from hub_platform.problems import Problem
from hub_platform.routes import PAGE, Call, Content, Raw, route
from hub_reporting.config import Configured
from hub_reporting.handlers import signing_in
from hub_reporting.pages import rendering
from hub_reporting.pages.responses import page, redirect_to
from hub_reporting.queries.hub import hub_name
from hub_reporting.store import browser_sessions

FORM: Final = Raw(media_types=("application/x-www-form-urlencoded",))
LONGEST_FORM: Final = 10_000  # bytes that are read
NOT_VALID: Final = "This token is not valid here, or has expired. Ask your hub for a new sign-in link."


class Tokens(Dependency[TokenCheck]):
    """The token check of the process; with it, the routes of this service accept session cookies as well."""

    def __init__(self) -> None:
        super().__init__(lambda context: context.token_check)

    def setup(self) -> None:
        """Register the check of session cookies."""
        context_of(self.container).session_check = self.actor

    def actor(self, cookie: str) -> Actor:
        """Return the user whose session this cookie names.

        Raises:
            Problem: 401 `session_over`.
        """
        context = context_of(self.container)
        with context.sessions() as session:
            found = browser_sessions.find(session, signing_in.digest(cookie), context.clocks.real())
            if found is None or context.token_check.revokes(found.token_id):
                raise unauthorised("session_over", "The session has ended. Sign in again.")
            return Actor(found.subject, frozenset(found.roles))


class CookieOptions(TypedDict):
    """Options of werkzeug's `set_cookie` and `delete_cookie`."""

    path: str
    httponly: bool
    samesite: str
    secure: bool


class SignInQuerySchema(Schema):
    """The token of a sign-in link."""

    token = fields.String(load_default="")


class SignIn(Configured):
    """Signing in and out."""

    tokens = Tokens()
    cookie_name = cookie_name()

    @route("GET", "/sign-in", allow=ANYONE, query=SignInQuerySchema, media_type=PAGE)
    def get_sign_in(self, call: Call[None]) -> Content | Response:
        """Show the form; for a link only a button, as programs that scan e-mails follow links."""
        token = call.query["token"]
        if not token:
            return page(self._form(call.session))
        try:
            self.tokens.sign_in(token)
        except Problem as problem:
            return self._refused(call.session, problem)
        return page(self._form(call.session, token=token))

    @route("POST", "/sign-in", allow=ANYONE, body=FORM, status=303, media_type=PAGE)
    def post_sign_in(self, call: Call[None]) -> Content | Response:
        """Sign in, with a link's token or a token pasted into the form."""
        given = parse_qs(call.raw[:LONGEST_FORM].decode(errors="replace"))
        try:
            sign_in = self.tokens.sign_in(given.get("token", [""])[0].strip())
            cookie = signing_in.begin(call.session, sign_in, call.real_now)
            acts_as(call.session, sign_in.actor)
        except Problem as problem:
            return self._refused(call.session, problem)
        except signing_in.UsedBefore as refused:
            return page(self._form(call.session, refused.detail), status=401)
        response = redirect_to("/")
        response.set_cookie(self.cookie_name, cookie, **_cookie_options(call))
        return response

    @route("POST", "/sign-in/end", allow=ANYONE, status=303, media_type=PAGE)
    def post_sign_out(self, call: Call[None]) -> Response:
        """Sign out: end the session and delete its cookie."""
        cookie = call.request.cookies.get(self.cookie_name, "")
        if found := browser_sessions.find(call.session, signing_in.digest(cookie), call.real_now):
            acts_as(call.session, Actor(found.subject, frozenset(found.roles)))
        signing_in.end(call.session, cookie, call.real_now)
        response = redirect_to("/sign-in")
        response.delete_cookie(self.cookie_name, **_cookie_options(call))
        return response

    def _refused(self, session: Session, problem: Problem) -> Content:
        """Show the form with an error, unless the problem is not the token's."""
        if problem.status != 401:
            raise problem
        return page(self._form(session, NOT_VALID), status=401)

    def _form(self, session: Session, error: str = "", token: str = "") -> str:
        return rendering.sign_in(hub_name(session, self.options), error, token)


def _cookie_options(call: Call[None]) -> CookieOptions:
    """Return options of a session cookie, hidden from scripts and from other sites."""
    return CookieOptions(path="/", httponly=True, samesite="Lax", secure=call.request.is_secure)
