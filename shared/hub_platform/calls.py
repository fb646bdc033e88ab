"""Arguments and results of the methods of routes."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from marshmallow import RAISE, Schema, ValidationError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Request, Response

from hub_platform.access import Actor
from hub_platform.bounds import FAR_OFF, Unusable, far_off, is_text, parse_json, unusable_texts
from hub_platform.json_values import JsonObject, Values
from hub_platform.paging import PAGE_FIELDS, Page, PageRequest, decode_cursor
from hub_platform.problems import Problem, pointers

C = TypeVar("C")

MAX_JSON_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Call(Generic[C]):
    """One request, read and checked, with the transaction that it runs in."""

    session: Session
    actor: Actor
    now: datetime  # hub time, aware UTC
    real_now: datetime  # the machine's time, aware UTC
    command: C
    query: Values = field(default_factory=dict)
    path: Values = field(default_factory=dict)
    page: PageRequest = field(default_factory=PageRequest)
    raw: bytes = b""
    content: Any = None  # Any: of the type that the route's `Raw.read` returns
    expected: int | None = None  # the revision in If-Match; 0: must not exist yet
    request: Request


@dataclass(frozen=True)
class Answer:
    """A result with a revision, location or status of its own."""

    value: object
    revision: int | None = None  # becomes the ETag
    location: str | None = None
    status: int | None = None


@dataclass(frozen=True)
class Later:
    """A slow answer, made after the transaction has ended and the worker is free.

    For GET only, as a failure then undoes no change. For changes: `Completed`.
    """

    make: "Callable[[], Content]"


@dataclass(frozen=True)
class Content:
    """An answer that is not JSON: a page, a file."""

    body: bytes | str
    media_type: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def respond(result: object, *, status: int, schema: Schema | None) -> Response:
    """Return the result of a route's method as an HTTP response. `status`: the route's usual one."""
    if isinstance(result, Response):
        return result
    if isinstance(result, Content):
        return Response(result.body, result.status, result.headers, content_type=result.media_type)
    answer = result if isinstance(result, Answer) else Answer(result)
    response = Response(
        json.dumps(_dump(schema, answer.value), ensure_ascii=False, default=str),
        answer.status or status,
        content_type="application/json",
    )
    if answer.revision is not None:
        response.set_etag(str(answer.revision))
    if answer.location is not None:
        response.headers["Location"] = answer.location
    return response


def _dump(schema: Schema | None, value: object, *, many: bool = False) -> object:
    if isinstance(value, Page):
        return {"items": _dump(schema, value.items, many=True), "next": value.next}
    if schema is not None:
        return schema.dump(value, many=many)
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


def read_command(request: Request, schema: Schema, path: Values) -> object:
    """Return the body as the route's command, with those values of the path that the schema has.

    Raises:
        Problem: 400 `malformed_json`, 413 or 415.
        marshmallow.ValidationError: a value is missing or wrong.
    """
    request.max_content_length = MAX_JSON_BYTES
    data = _json(request) if request.content_length or request.headers.get("Transfer-Encoding") else {}
    if (unusable := unusable_texts(data)) is not None:
        raise ValidationError(unusable)
    given_twice = data.keys() & path.keys()
    if given_twice:
        raise ValidationError({name: ["This value is part of the address."] for name in given_twice})
    return schema.load(data | {name: value for name, value in path.items() if name in schema.fields})


def read_query(request: Request, schema: Schema | None) -> tuple[JsonObject, PageRequest]:
    """Return the query parameters and the requested page.

    Raises:
        Problem: 400 `bad_parameter`, naming each unknown or malformed one.
    """
    given = request.args.to_dict()
    try:
        values = _loaded(schema or NoQuery(), given)
    except ValidationError as exc:
        raise Problem(
            400, "bad_parameter", "A query parameter is unknown or malformed.", errors=pointers(exc.messages)
        ) from exc
    if "limit" not in values:
        return values, PageRequest()
    after = values.pop("after")
    return values, PageRequest(values.pop("limit"), None if after is None else decode_cursor(after))


def _loaded(schema: Schema, given: dict[str, str]) -> JsonObject:
    """Return parameters as values.

    Raises:
        ValidationError: one is unknown, malformed or out of range.
    """
    if unusable := [name for name, value in given.items() if not (is_text(name) and is_text(value))]:
        raise ValidationError(
            {name.replace("\0", ""): ["Use printable characters only."] for name in unusable}
        )
    values: JsonObject = schema.load(given)
    if far := far_off(values):
        raise ValidationError({schema.fields[name].data_key or name: [FAR_OFF] for name in far})
    return values


class NoQuery(Schema):
    """Accepts no parameters."""

    class Meta:
        """Refuse unknown parameters."""

        unknown = RAISE


def query_schema(declared: type[Schema] | None, *, paged: bool) -> Schema:
    """Return the schema of a route's parameters, including those of paging."""
    fields = PAGE_FIELDS if paged else {}
    base = declared or NoQuery
    made: Schema = type(base.__name__, (base,), dict(fields))(unknown=RAISE)
    return made


def _json(request: Request) -> JsonObject:
    if request.mimetype != "application/json":
        raise Problem(415, "unsupported_media_type", "Send the body as application/json.")
    try:
        data = parse_json(request.get_data())
    except Unusable as exc:
        raise Problem(400, "malformed_json", str(exc)) from exc
    except ValueError as exc:
        raise Problem(400, "malformed_json", "The body is not JSON.") from exc
    if not isinstance(data, dict):
        raise Problem(400, "malformed_json", "The body is not a JSON object.")
    return data
