"""Changes of an OpenAPI document that break clients of a released one.

Operations for programs are compared: paths below the service's own name that do not answer with a page. Pages
are for people and may change.
"""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Final

from hub_contracts.compatibility import PUBLISHED_UNTIL, Break, removed_early
from hub_contracts.json_text import JsonMapping
from hub_contracts.narrowing import Comparison, may_go, resolved

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
PAGE: Final = "text/html"
ANYONE, SIGNED_IN = "anyone", "signed in"  # of x-roles: what every role includes

Document = JsonMapping  # JSON of OpenAPI, compared part by part
Operation = Document
Parameters = dict[tuple[str, str], Document]


class Rule(StrEnum):
    """The rules of the HTTP interfaces, as `make check` quotes them."""

    STAYS = "an operation stays until the day that its released description states"
    KEEPS_PROMISE = "a published-until date is only postponed"
    ACCEPTS_AS_MUCH = "a request that was accepted is accepted, and means the same"
    SAYS_AS_MUCH = "an answer has what it had, in the same form"
    ADMITS_AS_MANY = "every role that could call an operation can call it"


def broken(service: str, released: Document, current: Document, on: date) -> Iterator[Break]:
    """Compare the OpenAPI documents of one service.

    Args:
        service: its name, the first part of its paths.
        released: as it was released.
        current: as it is now.
        on: the day of the comparison; an operation may be missing after its published last day.
    """
    now = {key: operation for key, _, operation in operations(service, current)}
    for key, label, before in operations(service, released):
        if key in now:
            for each in _Pair(released, current, on).breaks(before, now[key]):
                yield Break(f"{label}{each.at}", each.what, each.rule)
        elif early := removed_early(dict(before), on):
            yield Break(label, early, Rule.STAYS)


def operations(service: str, document: Document) -> Iterator[tuple[tuple[str, str], str, Operation]]:
    """Yield each operation for programs: its key without names of path parameters, its label, itself."""
    for path, methods in document["paths"].items():
        for method in METHODS:
            operation = methods.get(method)
            if operation is not None and path.startswith(f"/{service}/") and not _is_page(operation):
                yield (method, _without_names(path)), f"{method.upper()} {path}", operation


def _is_page(operation: Operation) -> bool:
    answers = [code for code in operation["responses"] if code.startswith("2")]
    media_types = [name for code in answers for name in operation["responses"][code].get("content", {})]
    return bool(media_types) and media_types[0].startswith(PAGE)


def _without_names(path: str) -> str:
    return "/".join("{}" if step.startswith("{") else step for step in path.split("/"))


class _Pair:
    """A released and a current description of one operation."""

    def __init__(self, released: Document, current: Document, on: date) -> None:
        self.received = Comparison(released, current, received=True, on=on)
        self.sent = Comparison(released, current, received=False, on=on)
        self.on = on

    def breaks(self, before: Operation, now: Operation) -> Iterator[Break]:
        yield from _until(before, now)
        yield from _admission(before, now)
        yield from self._parameters(before, now)
        yield from self._body(before.get("requestBody"), now.get("requestBody"))
        yield from self._answers(before["responses"], now["responses"])

    def _parameters(self, before: Operation, now: Operation) -> Iterator[Break]:
        old, new = _parameters(before, self.received.released), _parameters(now, self.received.current)
        for name, parameter in old.items():
            where, rule = f" {' '.join(name)}", Rule.ACCEPTS_AS_MUCH
            other = new.get(name)
            if other is None:
                if not may_go(parameter, self.on) and not may_go(parameter["schema"], self.on):
                    yield Break(where, "removed", rule)
                continue
            if other.get("required") and not parameter.get("required"):
                yield Break(where, "now required", rule)
            for part in ("style", "explode"):
                if parameter.get(part) != other.get(part):
                    yield Break(
                        where, f"{part} changed from {parameter.get(part)} to {other.get(part)}", rule
                    )
            changes = self.received.changes(parameter["schema"], other["schema"])
            yield from (Break(_at(where, at), what, rule) for at, what in changes)
            changes = self.received.default_of(parameter["schema"], other["schema"], where)
            yield from (Break(at, what, rule) for at, what in changes)
        for name in new.keys() - old.keys():
            if new[name].get("required"):
                yield Break(f" {' '.join(name)}", "a new parameter is required", Rule.ACCEPTS_AS_MUCH)

    def _body(self, before: Operation | None, now: Operation | None) -> Iterator[Break]:
        where, rule = " body", Rule.ACCEPTS_AS_MUCH
        if now is not None and now.get("required") and not (before and before.get("required")):
            yield Break(where, "now required", rule)
        if before is not None and now is None:
            yield Break(where, "removed", rule)
        if before is not None and now is not None:
            yield from self._content(before, now, where, self.received, rule)

    def _answers(self, before: Document, now: Document) -> Iterator[Break]:
        """Compare answers; a new status breaks no client, which knows its class (RFC 9110, section 15)."""
        for status, answer in before.items():
            where, rule = f" answer {status}", Rule.SAYS_AS_MUCH
            if status not in now:
                yield Break(where, "removed", rule)
                continue
            yield from self._content(answer, now[status], where, self.sent, rule)
            for name in answer.get("headers", {}):
                if name not in now[status].get("headers", {}):
                    yield Break(f"{where} header {name}", "removed", rule)

    def _content(
        self, before: Operation, now: Operation, where: str, comparison: Comparison, rule: Rule
    ) -> Iterator[Break]:
        old, new = before.get("content", {}), now.get("content", {})
        for media_type, described in old.items():
            if media_type not in new:
                yield Break(where, f"{media_type} removed", rule)
                continue
            pair = described.get("schema", {}), new[media_type].get("schema", {})
            yield from (Break(_at(where, at), what, rule) for at, what in comparison.changes(*pair))


def _until(before: Operation, now: Operation) -> Iterator[Break]:
    promised, stated = before.get(PUBLISHED_UNTIL), now.get(PUBLISHED_UNTIL)
    if promised is not None and stated is not None and stated < promised:
        yield Break("", f"published until {stated}, but promised until {promised}", Rule.KEEPS_PROMISE)


def _admission(before: Operation, now: Operation) -> Iterator[Break]:
    old, new = set(before.get("x-roles", ())), set(now.get("x-roles", ()))
    if ANYONE not in new and (ANYONE in old or not (SIGNED_IN in new or old <= new)):
        yield Break("", f"no longer for {', '.join(sorted(old - new))}", Rule.ADMITS_AS_MANY)
    accepted = now.get("security", [])
    for scheme in before.get("security", []) or [{}]:
        if accepted and scheme not in accepted and {} not in accepted:
            what = f"credential changed from {_names(scheme)} to {' or '.join(map(_names, accepted))}"
            yield Break("", what, Rule.ADMITS_AS_MANY)


def _names(scheme: Document) -> str:
    return " and ".join(scheme) or "none"


def _parameters(operation: Operation, document: Document) -> Parameters:
    """Return parameters by place and name; path parameters by position, as no URL contains their names."""
    found: Parameters = {}
    for reference in operation.get("parameters", ()):
        parameter = resolved(reference, document)
        name = str(parameter["name"])
        if parameter["in"] == "path":
            name = str(sum(place == "path" for place, _ in found) + 1)
        found[parameter["in"], name.lower() if parameter["in"] == "header" else name] = parameter
    return found


def _at(where: str, at: str) -> str:
    return where if at == "/" else f"{where} {at}"
