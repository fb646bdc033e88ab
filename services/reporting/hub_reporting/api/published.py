"""The published language for whoever asks: the catalogue of events, their schemas, the AsyncAPI document."""

from typing import Final

from werkzeug.wrappers import Response

from hub_platform.access import ANYONE
from hub_platform.problems import Problem
from hub_platform.routes import JSON, PAGE, Call, Content, route
from hub_reporting.api.configured import Configured
from hub_reporting.api.page_form import HEADERS, HTML, to_page
from hub_reporting.handlers.hub import hub_name
from hub_reporting.pages import catalogue, http_api

SCHEMA: Final = "application/schema+json"
KEPT: Final = {"Cache-Control": "public, max-age=300"}  # the next release may say something else


def published_page(html: str) -> Content:
    """A page that holds nothing of anybody, which a browser may keep for a while."""
    return Content(html, HTML, headers={**HEADERS, **KEPT})


def document(text: str, media_type: str) -> Content:
    """A document for programs, which pages of other sites may read too."""
    return Content(text, media_type, headers=KEPT | {"Access-Control-Allow-Origin": "*"})


class Published(Configured):
    """What the hub publishes about its events."""

    @route("GET", "/events/", allow=ANYONE, media_type=PAGE)
    def get_catalogue(self, call: Call[None]) -> Content:
        """Show every event by publisher, with pictures of what follows what."""
        return published_page(catalogue.index(hub_name(call.session, self.options)))

    @route("GET", "/events", allow=ANYONE, status=303, media_type=PAGE)
    def get_catalogue_address(self, call: Call[None]) -> Response:  # noqa: ARG002 - every route takes the call
        """Lead to the catalogue, whose address ends with a slash."""
        return to_page("/events/")

    @route("GET", "/events/<key>", allow=ANYONE, media_type=PAGE)
    def get_catalogue_page(self, call: Call[None]) -> Content:
        """Show one event: meaning, trigger, publisher, readers, fields, samples, versions.

        `key` is its routing key, such as VisitLogged or VisitLogged.v2.
        """
        options = self.options
        page = catalogue.event(hub_name(call.session, options), call.path["key"], options.schemas_url)
        if page is None:
            raise Problem(404, "unknown_event", "The hub publishes no event of this name: see /events/.")
        return published_page(page)

    @route("GET", "/schemas/<type>/<version>", allow=ANYONE, media_type=SCHEMA)
    def get_schema(self, call: Call[None]) -> Content:
        """Return the JSON Schema that the `dataschema` of an event names."""
        options = self.options
        text = catalogue.schema(call.path["type"], call.path["version"], options.schemas_url)
        if text is None:
            raise Problem(404, "unknown_schema", "The hub has no schema of this type and version.")
        return document(text, SCHEMA)

    @route("GET", "/asyncapi.json", allow=ANYONE)
    def get_asyncapi(self, call: Call[None]) -> Content:  # noqa: ARG002 - every route takes the call
        """Return the AsyncAPI 3.0 document: servers, security, channels, messages, schemas."""
        options = self.options
        return document(catalogue.document(options.broker), JSON)


class HttpDocuments(Configured):
    """What the hub publishes about the HTTP interfaces of its services."""

    @route("GET", "/docs/api", allow=ANYONE, media_type=PAGE)
    def get_interfaces(self, call: Call[None]) -> Content:
        """Show the services and what their HTTP interfaces share."""
        return published_page(http_api.index(hub_name(call.session, self.options)))

    @route("GET", "/docs/api/<service>", allow=ANYONE, media_type=PAGE)
    def get_interface(self, call: Call[None]) -> Content:
        """Show one service's operations and schemas."""
        page = http_api.service(hub_name(call.session, self.options), call.path["service"])
        if page is None:
            raise Problem(404, "unknown_service", "The hub has no service of this name: see /docs/api.")
        return published_page(page)

    @route("GET", "/docs/api/<service>.json", allow=ANYONE)
    def get_interface_document(self, call: Call[None]) -> Content:
        """Return one service's OpenAPI 3.1 document."""
        text = http_api.documents().get(call.path["service"])
        if text is None:
            raise Problem(404, "unknown_service", "The hub has no service of this name: see /docs/api.")
        return document(text, JSON)
