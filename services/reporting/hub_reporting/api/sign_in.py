"""The sign-in page: a link or a token becomes a session, known by a cookie that only the browser sees."""

from typing import Any, Final
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
from hub_reporting.api.configured import Configured
from hub_reporting.api.page_form import page, to_page
from hub_reporting.handlers import signing_in
from hub_reporting.handlers.hub import hub_name
from hub_reporting.pages import rendering
from hub_reporting.store import browser_sessions

FORM: Final = Raw(media_types=("application/x-www-form-urlencoded",))
NOT_VALID: Final = "This token is not valid here, or has expired. Ask your hub for a new sign-in link."


class Tokens(Dependency[TokenCheck]):
    """The process's check of tokens; it makes the routes of this service accept session cookies too."""

    def __init__(self) -> None:
        super().__init__(lambda context: context.token_check)

    def setup(self) -> None:
        """Register the check of session cookies."""
        context_of(self.container).session_check = self.actor

    def actor(self, cookie: str) -> Actor:
        """Whoever is signed in with this cookie.

        Raises:
            Problem: 401 `session_over`.
        """
        context = context_of(self.container)
        with context.sessions() as session:
            found = browser_sessions.find(session, signing_in.digest(cookie), context.clocks.real())
            if found is None or context.token_check.revokes(found.token_id):
                raise unauthorised("session_over", "The session is over; sign in again.")
            return Actor(found.subject, frozenset(found.roles))


class SignInQuerySchema(Schema):
    """A sign-in link carries its token."""

    token = fields.String(load_default="")


class SignIn(Configured):
    """Lets people in, and out."""

    tokens = Tokens()
    cookie_name = cookie_name()

    @route("GET", "/sign-in", allow=ANYONE, query=SignInQuerySchema, media_type=PAGE)
    def get_sign_in(self, call: Call[None]) -> Content | Response:
        """Show the form; to a link only a button: programs that look into e-mails must not use it up."""
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
        given = parse_qs(call.raw[:10_000].decode(errors="replace"))
        try:
            sign_in = self.tokens.sign_in(given.get("token", [""])[0].strip())
            cookie = signing_in.begin(call.session, sign_in, call.real_now)
            acts_as(call.session, sign_in.actor)
        except Problem as problem:
            return self._refused(call.session, problem)
        except signing_in.UsedBefore as refused:
            return page(self._form(call.session, refused.detail), status=401)
        response = to_page("/")
        response.set_cookie(self.cookie_name, cookie, **_cookie_for(call))
        return response

    @route("POST", "/sign-in/end", allow=ANYONE, status=303, media_type=PAGE)
    def post_sign_out(self, call: Call[None]) -> Response:
        """Sign out."""
        cookie = call.request.cookies.get(self.cookie_name, "")
        if found := browser_sessions.find(call.session, signing_in.digest(cookie), call.real_now):
            acts_as(call.session, Actor(found.subject, frozenset(found.roles)))
        signing_in.end(call.session, cookie, call.real_now)
        response = to_page("/sign-in")
        response.delete_cookie(self.cookie_name, **_cookie_for(call))
        return response

    def _refused(self, session: Session, problem: Problem) -> Content:
        """Say no on the page; what is no matter of the token is not called one."""
        if problem.status != 401:
            raise problem
        return page(self._form(session, NOT_VALID), status=401)

    def _form(self, session: Session, error: str = "", token: str = "") -> str:
        return rendering.sign_in(hub_name(session, self.options), error, token)


def _cookie_for(call: Call[None]) -> dict[str, Any]:
    """How the cookie is kept: by the browser until it is closed, out of reach of scripts and other sites."""
    return {"path": "/", "httponly": True, "samesite": "Lax", "secure": call.request.is_secure}
