"""The published documents, read by tools that are not ours: the parser of AsyncAPI, and Ajv."""

import copy
import json
from typing import Any

from tests.support import node

from hub_contracts import EVENTS, MARKS
from hub_contracts.generate import documents
from hub_contracts.samples import samples

TOOLS = "published_node"
ERROR = 0  # a severity of the parser's


def parsed(document: dict[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the faults and the counts that the parser reports of a document."""
    told = json.loads(node.run(TOOLS, "check_asyncapi.mjs", json.dumps(document).encode()))
    return told["found"], told["counts"]


def test_asyncapis_parser_reads_the_document_without_a_remark() -> None:
    found, counts = parsed(json.loads(documents()["asyncapi.json"]))
    # Newer versions of the specification exist; 3.0.0 is the one that tools read today.
    assert [one for one in found if one["code"] != "asyncapi-latest-version"] == []
    assert counts["servers"] == ["hub", "this-machine"]
    assert counts["messages"] == len(EVENTS | MARKS)
    assert {"subscriber", "subscriber.dead", "hub.log"} <= set(counts["channels"])
    assert counts["securitySchemes"] == ["subscriber"]


def test_the_parser_refuses_a_document_that_refers_to_nothing() -> None:
    document = json.loads(documents()["asyncapi.json"])
    document["channels"]["subscriber"]["messages"]["VisitLogged"] = {"$ref": "#/components/messages/Nothing"}
    found, _ = parsed(document)
    assert [one for one in found if one["severity"] == ERROR]


def test_ajv_compiles_every_schema_and_takes_every_sample() -> None:
    schemas = [json.loads(text) for name, text in documents().items() if name.startswith("schemas/")]
    cases: list[tuple[str, Any]] = []
    broken: list[tuple[str, Any]] = []
    for schema in schemas:
        type_, version = schema["$id"].split("/")[-2:]
        key = type_ if version == "1" else f"{type_}.v{version}"
        for sample in samples(key).values():
            cases.append((schema["$id"], sample["data"]))
            broken += [(schema["$id"], worse) for worse in without_each(sample["data"], schema["required"])]
    given = json.dumps({"schemas": schemas, "cases": cases + broken}).encode()
    told = json.loads(node.run(TOOLS, "check_schemas.mjs", given))
    assert told["refused"] == {}
    assert len(cases) > 2 * len(EVENTS)
    assert [case for case, said in zip(cases, told["answers"], strict=False) if said is not None] == []
    assert all(told["answers"][len(cases) :])


def without_each(data: dict[str, Any], names: list[str]) -> list[dict[str, Any]]:
    """The data with one required field fewer, each in turn."""
    found = []
    for name in names:
        worse = copy.copy(data)
        del worse[name]
        found.append(worse)
    return found
