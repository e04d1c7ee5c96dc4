"""Gives names that a module binds other ones, wherever its text means them."""

from __future__ import annotations

import ast
import dis
import re
from collections.abc import Iterator, Mapping
from types import CodeType

Place = tuple[int, int]  # line from 1, column from 0 in bytes of UTF-8, as `ast` counts
DEFINES = re.compile(rb"(?:async\s+def|def|class)\s+")
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def bound(text: str) -> dict[str, str]:
    """What the module binds, and what it is: an import's full name; empty for its own."""
    found: dict[str, str] = {}
    for node in _outside(ast.parse(text)):
        if isinstance(node, ast.Import):
            found.update(_imported(node, ""))
        elif isinstance(node, ast.ImportFrom):
            found.update(_imported(node, f"{'.' * node.level}{node.module or ''}."))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found[node.name] = ""
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found[node.id] = ""
    return found


def _imported(node: ast.Import | ast.ImportFrom, home: str) -> Iterator[tuple[str, str]]:
    for alias in node.names:
        plain = alias.name if home else alias.name.partition(".")[0]
        yield alias.asname or plain, home + (alias.name if alias.asname else plain)


def renamed(text: str, names: Mapping[str, str]) -> str:
    """The text with these names of the module's instead of its own. Local variables, parameters and
    attributes of the same name stay. It is compiled for that and not run.
    """
    lines = [line.encode() for line in text.split("\n")]
    for (line, column), old, new in sorted(_changes(text, lines, names), reverse=True):
        whole = lines[line - 1]
        if whole[column:].startswith(old):
            lines[line - 1] = whole[:column] + new + whole[column + len(old) :]
    return "\n".join(line.decode() for line in lines)


def _changes(
    text: str, lines: list[bytes], names: Mapping[str, str]
) -> set[tuple[Place, bytes, bytes]]:
    tree = ast.parse(text)
    found = {
        (place, old, names[old])
        for place, old in _meant(compile(text, "", "exec"), names, module=True)
    }
    for node in _outside(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            start = DEFINES.match(lines[node.lineno - 1], node.col_offset)
            if node.name in names and start is not None:
                found.add(((node.lineno, start.end()), node.name, names[node.name]))
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found.update(_aliases(node, names))
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            found.update(_in_global(node, lines, names))
    return {(place, old.encode(), new.encode()) for place, old, new in found}


def _aliases(
    node: ast.Import | ast.ImportFrom, names: Mapping[str, str]
) -> Iterator[tuple[Place, str, str]]:
    for alias in node.names:
        place = alias.lineno, alias.col_offset
        if alias.asname is not None and alias.asname in names:
            old = f"{alias.name} as {alias.asname}"
            yield place, old, f"{alias.name} as {names[alias.asname]}"
        elif alias.asname is None and alias.name in names:
            yield place, alias.name, f"{alias.name} as {names[alias.name]}"


def _in_global(
    node: ast.Global, lines: list[bytes], names: Mapping[str, str]
) -> Iterator[tuple[Place, str, str]]:
    for name in names.keys() & set(node.names):
        word = re.compile(rb"\b%s\b" % name.encode())
        match = word.search(lines[node.lineno - 1], node.col_offset + len("global"))
        if match is not None:
            yield (node.lineno, match.start()), name, names[name]


def _outside(tree: ast.AST) -> Iterator[ast.AST]:
    """The module's nodes outside of functions and classes, and these themselves."""
    for node in ast.iter_child_nodes(tree):
        yield node
        if not isinstance(node, SCOPES):
            yield from _outside(node)


def _meant(code: CodeType, names: Mapping[str, str], module: bool) -> Iterator[tuple[Place, str]]:
    """Where the code means the module's own: as Python itself has resolved it."""
    steps = list(dis.get_instructions(code))
    own = set() if module else {each.argval for each in steps if each.opname == "STORE_NAME"}
    for each in steps:
        place, name = each.positions, each.argval
        if not isinstance(name, str) or name not in names or place is None:
            continue
        in_class = each.opname.endswith("_NAME") and name not in own
        if in_class or each.opname.endswith(("_GLOBAL", "_GLOBALS")):
            yield (place.lineno or 0, place.col_offset or 0), name
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _meant(inner, names, module=False)
