"""Hooks of schemathesis: ids of existing records, and values that must be unique."""

import itertools
import json
import os
import random
from collections.abc import MutableMapping
from typing import Any

import schemathesis
from schemathesis import Case, HookContext
from schemathesis.core.parameters import ParameterLocation

KNOWN: dict[str, list[str]] = json.loads(os.environ["HUB_KNOWN"])
OFTEN = 0.8
numbers = itertools.count(1)
chance = random.Random(1)


@schemathesis.hook
def before_call(_context: HookContext, case: Case[Any], _kwargs: dict[str, Any]) -> None:
    """Let most of what is well formed speak of what there is, so that more answers than 404s."""
    if case.meta is None:
        return
    for location, sent in (
        (ParameterLocation.PATH, case.path_parameters),
        (ParameterLocation.QUERY, case.query),
        (ParameterLocation.HEADER, case.headers),
        (ParameterLocation.BODY, case.body),
    ):
        if isinstance(sent, MutableMapping) and not case.meta.is_negative_at(location):
            speak_of_what_there_is(sent)


def speak_of_what_there_is(sent: MutableMapping[str, Any]) -> None:
    for name in sorted(KNOWN.keys() & sent.keys()):
        if isinstance(sent[name], str) and chance.random() < OFTEN:
            sent[name] = chance.choice(KNOWN[name])
    if "after" in sent and chance.random() < OFTEN:
        del sent["after"]  # a cursor, which only the list itself can make
    if "Idempotency-Key" in sent:
        sent["Idempotency-Key"] = str(next(numbers))  # the same one again would not reach the route
