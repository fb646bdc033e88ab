#!/usr/bin/env python3
"""A stand-in for Docker: reads the parts of a hub from a file, and records there what would change one."""

import json
import os
import sys
from pathlib import Path
from typing import Any

NOW = "2999-01-01T00:00:00Z"
INSIDE = "    environment:\n      outside: no\n    networks:\n      inside: null"


class Engine:
    """Answers one command on the parts of a hub; a part's `cured_by` says which command helps it."""

    def __init__(self, world: dict[str, Any], words: list[str]) -> None:
        self.parts: dict[str, dict[str, Any]] = world["parts"]
        self.migrations: list[str] = world["migrations"]
        self.done: list[str] = world["done"]
        self.words, self.line = words, " ".join(words)
        self.named = [word for word in words if word in self.parts]

    def answer(self) -> tuple[list[str], int]:
        """Do what the command says; the lines that it prints, and its exit code."""
        line, last = self.line, self.words[-1]
        if " up " in line and "--force-recreate" not in line:
            return [], self._up()
        if line.startswith("exec"):
            hung = self.parts[last].get("hung", False) and self.parts[last]["started"] != NOW
            return [], int(hung)
        self._change()
        if line.startswith("inspect"):
            return self._inspected(last), 0
        if " logs " in line:
            return [f"the last line of {last}"], 0
        return self._listed(), 0

    def _up(self) -> int:
        """Start what is stopped; fail as long as a part that is named is not healthy."""
        self.done.append(" ".join(["up", *self.named]))
        named = [self.parts[name] for name in self.named]
        for part in named:
            if part["state"] == "exited" and part.get("cured_by", "up") == "up":
                part.update(state="running", health="healthy", started=NOW)
        return int(any(part["health"] != "healthy" for part in named))

    def _change(self) -> None:
        if self.line.startswith("unpause"):
            self.done.append(self.line)
            self.parts[self.named[0]]["state"] = "running"
        elif self.line.startswith("network connect"):
            self.done.append(self.line)
            self.parts[self.named[-1]]["network"] = "hub_inside"
        for command, word in (("restart", " restart "), ("renew", "--force-recreate")):
            if word in self.line:
                self._cure(command)

    def _cure(self, command: str) -> None:
        self.done.append(" ".join([command, *self.named]))
        for part in (self.parts[name] for name in self.named):
            part["started"] = NOW
            part["created"] = NOW if command == "renew" else part["created"]
            if part.get("cured_by") == command:
                part.update(state="running", health="healthy")

    def _inspected(self, last: str) -> list[str]:
        if "Healthcheck" in self.line:
            return ["CMD", "asked", last]
        if "Networks" in self.line:
            return [f"{name} {name} {self.parts[name].get('network', 'hub_inside')}" for name in self.named]
        return [self.parts[last]["started" if "StartedAt" in self.line else "created"]]

    def _listed(self) -> list[str]:
        line, parts = self.line, self.parts
        if line.endswith("config --services"):
            return list(parts)
        if line.endswith(" config"):
            return ["services:", *(f"  {name}:\n{INSIDE}" for name in parts)]
        if "{{.ExitCode}}" in line:
            return self.migrations
        if "{{.ID}}" in line:
            return [f"{n}|{parts[n]['state']}|{parts[n]['health']}|{n}" for n in self.named or parts]
        if "ps --quiet --status running" in line:
            return [name for name in self.named if parts[name]["state"] == "running"]
        return self.named if "ps --all --quiet" in line else []


def main() -> None:
    """Answer one command."""
    file = Path(os.environ["WORLD"])
    world = json.loads(file.read_text())
    before = len(world["done"])
    lines, code = Engine(world, sys.argv[1:]).answer()
    if len(world["done"]) > before:  # those that only ask run at the same time
        file.write_text(json.dumps(world))
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.exit(code)


if __name__ == "__main__":
    main()
