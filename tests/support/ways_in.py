"""Which ways into a service each refusal code concerns, read from the code itself.

A way in is a method of a service that is a route, a reaction to an event, a timer or an answer to another
service. It concerns every code that is named in a function which it leads to: functions, classes and tables
refer to others by names, and names are followed as Python resolves them. What is only found out while the
service runs (a method of an object) is followed where one class of the service has a method of that name.
`python -m tests.support.ways_in` writes the tables of docs/rules.md.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from tests.support.refusal_codes import HANDS_ON, said_by

from hub_local.places import ROOT

PAGE: Final = ROOT / "docs" / "rules.md"
HEADING: Final = "## Where each rule is enforced"
SERVICES: Final = ("enrolment", "visits", "notifications", "reporting")
# Decorators of ways in → what stands behind the method's name on the page.
KINDS: Final = {
    "route": "",
    "page": "",
    "subscribe": " (event)",
    "subscribe_batch": " (event)",
    "every": " (timer)",
    "answer": " (question)",
}
# Functions of another process, which names do not lead to.
LEADS_TO: Final = {("hub_enrolment.files.reading", "_table"): ("hub_enrolment.files.program", "main")}

INTRODUCTION: Final = """\
Made from the code by `python -m tests.support.ways_in`, which follows what each way into a service leads to:
a route, by the `operationId` of its description, a reaction to an event, a timer, a question of another
service. `tests/docs/test_ways_in.py` compares the tables with the code, and names the rules that several ways
enforce together. The codes of “Every service” concern each route by what it takes, and are not listed.
"""
EACH_REQUEST: Final = {"session_over"}  # refused before a request reaches its route

Node = tuple[str, str]  # module, and name of a function, class or table in it


@dataclass
class Graph:
    """What the functions, classes and tables of one service refer to, and the codes that they name."""

    refers: dict[Node, set[Node]] = field(default_factory=lambda: defaultdict(set))
    codes: dict[Node, set[str]] = field(default_factory=lambda: defaultdict(set))
    ways: dict[str, Node] = field(default_factory=dict)  # as on the page

    def concerned(self) -> dict[str, set[str]]:
        """Code → the ways in that lead to it."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for way, start in self.ways.items():
            for node in self._reached(start):
                for code in self.codes.get(node, ()):
                    found[code].add(way)
        return dict(found)

    def _reached(self, start: Node) -> set[Node]:
        seen, waiting = {start}, [start]
        while waiting:
            new = self.refers.get(waiting.pop(), set()) - seen
            seen |= new
            waiting += new
        return seen


@dataclass
class Module:
    """One module: its tree, what its names mean, and where it stands."""

    name: str
    tree: ast.Module
    path: str
    means: dict[str, Node] = field(default_factory=dict)  # name → a module ("", when whole) or what is in it


@cache
def graph_of(service: str) -> Graph:
    """Read one service."""
    modules = {one.name: one for one in _modules(service, f"hub_{service}")}
    for module in modules.values():
        module.means.update(_meanings(module, modules))
    graph, methods = Graph(), _methods(modules.values())
    for module in modules.values():
        for name, tree in _pieces(module.tree):
            graph.refers[(module.name, name)] |= _references(tree, module, modules, methods)
            for said in said_by(ast.Module([tree], []), module.path, name):
                graph.codes[(module.name, said.function)] |= set() if said.code is None else {said.code}
        for function in (one for one in ast.walk(module.tree) if isinstance(one, ast.FunctionDef)):
            if (kind := _kind(function)) is not None:
                graph.ways[f"{function.name}{kind}"] = (module.name, function.name)
            graph.codes[(module.name, function.name)] |= HANDS_ON.get((module.path, function.name), set())
    for node, other in LEADS_TO.items():
        if node[0] in modules:
            graph.refers[node].add(other)
    return graph


def _modules(service: str, package: str) -> Iterator[Module]:
    folder = ROOT / "services" / service / package
    for path in sorted(folder.rglob("*.py")):
        if "migrations" in path.parts:
            continue
        parts = path.relative_to(folder.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        yield Module(name, ast.parse(path.read_text()), str(path.relative_to(ROOT)))


def _meanings(module: Module, modules: dict[str, Module]) -> Iterator[tuple[str, Node]]:
    """What the names of a module stand for: its own functions, and what it imports of its service."""
    for name, _ in _pieces(module.tree):
        yield name, (module.name, name)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                meant = (whole, "") if whole in modules else (node.module, alias.name)
                yield alias.asname or alias.name, meant


def _pieces(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    """Functions, methods, classes and tables of a module, each under its own name."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield node.name, node
            yield from ((one.name, one) for one in node.body if isinstance(one, ast.FunctionDef))
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((one.id, node) for one in targets if isinstance(one, ast.Name))


def _methods(modules: Iterable[Module]) -> dict[str, Node]:
    """Methods whose name only one class of the service has, ways in apart."""
    found: defaultdict[str, set[Node]] = defaultdict(set)
    for module in modules:
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and not _is_edge(module):
                for one in node.body:
                    if isinstance(one, ast.FunctionDef):
                        found[one.name].add((module.name, one.name))
    return {name: next(iter(nodes)) for name, nodes in found.items() if len(nodes) == 1}


def _is_edge(module: Module) -> bool:
    """Whether the classes of a module are made of ways in."""
    return module.name.split(".")[1] in {"api", "pages", "service"}


def _references(
    tree: ast.stmt, module: Module, modules: dict[str, Module], methods: dict[str, Node]
) -> set[Node]:
    """Everything of the service that a piece of a module refers to."""
    if isinstance(tree, ast.ClassDef):  # its methods are pieces of their own: whoever makes one may call them
        made = {(module.name, one.name) for one in tree.body if isinstance(one, ast.FunctionDef)}
        return set() if _is_edge(module) else made
    found: set[Node] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in module.means:
            found.add(_defined(module.means[node.id], modules))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found |= _of_name(node.value.id, node.attr, module, modules)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            known = isinstance(node.func.value, ast.Name) and node.func.value.id in module.means
            if not known and node.func.attr in methods:  # of an object of which no more is known
                found.add(methods[node.func.attr])
    return found


def _of_name(name: str, attribute: str, module: Module, modules: dict[str, Module]) -> set[Node]:
    """What `name.attribute` is: of another module, of this object's class, or nothing that is known."""
    base = module.means.get(name)
    if base is not None and base[1] == "":
        return {_defined((base[0], attribute), modules)}
    own = module.means.get(attribute)
    return {own} if name == "self" and own is not None and own[0] == module.name else set()


def _defined(node: Node, modules: dict[str, Module]) -> Node:
    """Where a name is defined that a package only hands on."""
    module = modules.get(node[0])
    while module is not None and (meant := module.means.get(node[1])) not in (None, node):
        node, module = meant, modules.get(meant[0])
    return node


def _kind(function: ast.FunctionDef) -> str | None:
    """What kind of a way in a method is; None for any other."""
    for decorator in function.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(called, ast.Name) and called.id in KINDS:
            return KINDS[called.id]
    return None


def section() -> str:
    """The tables of the page: each code of a service with the ways in that it concerns."""
    tables = [_table(service) for service in SERVICES]
    return "\n".join([HEADING, "", INTRODUCTION, *tables])


def _table(service: str) -> str:
    graph = graph_of(service)
    concerned = graph.concerned()
    for code in EACH_REQUEST & set().union(*graph.codes.values()):
        concerned[code] = {"each request"}
    rows = [f"| `{code}` | {', '.join(sorted(ways))} |" for code, ways in sorted(concerned.items())]
    return "\n".join([f"### Ways into {service}", "", "| code | ways in |", "|---|---|", *rows, ""])


def written(text: str) -> str:
    """The page with these tables at its end."""
    return text.partition(f"\n{HEADING}\n")[0].rstrip() + f"\n\n{section()}"


def main() -> None:
    """Write the page."""
    PAGE.write_text(written(PAGE.read_text()))


if __name__ == "__main__":
    main()
