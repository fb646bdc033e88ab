"""The sign-in page: a token becomes a cookie that only the browser and the services see."""

from typing import Any, Final
from urllib.parse import parse_qs

from marshmallow import Schema, fields
from nameko.extensions import DependencyProvider
from werkzeug.wrappers import Response

from hub_platform.access import ANYONE, SESSION_COOKIE, TokenCheck
from hub_platform.problems import Problem
from hub_platform.routes import RAW, Call, Content, route
from hub_reporting.api.page_form import page, to_page
from hub_reporting.config import Options
from hub_reporting.pages import rendering

NOT_VALID: Final = "This token is not valid here, or has expired. Ask your hub for a new sign-in link."


class Tokens(DependencyProvider):  # type: ignore[misc]  # nameko ships no types
    """Checks tokens against the deployment's public key."""

    def get_dependency(self, worker_ctx: Any) -> TokenCheck:
        """The process's check."""
        check: TokenCheck = worker_ctx.config["token_check"]
        return check


class SignInQuerySchema(Schema):
    """A sign-in link carries its token."""

    token = fields.String(load_default="")


class SignIn:
    """Lets people in, and out."""

    options: Any
    tokens: Any = Tokens()

    @route("GET", "/sign-in", allow=ANYONE, query=SignInQuerySchema)
    def get_sign_in(self, call: Call[None]) -> Content | Response:
        """Show the form, or follow a sign-in link."""
        token = call.query["token"]
        return self._enter(call, token) if token else page(self._form())

    @route("POST", "/sign-in", allow=ANYONE, body=RAW)
    def post_sign_in(self, call: Call[None]) -> Content | Response:
        """Sign in with a token pasted into the form."""
        given = parse_qs(call.raw[:10_000].decode(errors="replace"))
        return self._enter(call, given.get("token", [""])[0].strip())

    @route("POST", "/sign-in/end", allow=ANYONE)
    def post_sign_out(self, call: Call[None]) -> Response:
        """Sign out."""
        response = to_page("/sign-in")
        response.delete_cookie(
            SESSION_COOKIE, path="/", httponly=True, samesite="Lax", secure=_is_secure(call)
        )
        return response

    def _enter(self, call: Call[None], token: str) -> Content | Response:
        tokens: TokenCheck = self.tokens
        try:
            tokens.actor(token)
        except Problem:
            return page(self._form(NOT_VALID), status=401)
        response = to_page("/")
        response.set_cookie(
            SESSION_COOKIE, token, path="/", httponly=True, samesite="Lax", secure=_is_secure(call)
        )
        return response

    def _form(self, error: str = "") -> str:
        options: Options = self.options
        return rendering.sign_in(options.hub_name, error)


def _is_secure(call: Call[None]) -> bool:
    """Whether the browser came by TLS, to us or to the gateway in front."""
    return call.request.is_secure or call.request.headers.get("X-Forwarded-Proto") == "https"
