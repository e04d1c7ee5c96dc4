"""Reads what a user's Python file declares, as text: nothing of it is run."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from explorer.graph.form import Parameter

MOST_BYTES = 200_000
MOST_PORTS = 8
MOST_PARAMETERS = 40
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
LARGEST = 1e15  # of a number in arguments
MODULE = ("Module", "nn.Module", "torch.nn.Module")
FIRST: dict[str, int | float | bool] = {"int": 1, "float": 1.0, "bool": False}

Number = int | float | bool


class FileFault(ValueError):
    """Why a file can't be a block, in words for people, with the line where there is one."""


@dataclass(frozen=True, slots=True)
class Declared:
    """The one torch module of a file: its class, its parameters with their first values, and how
    many values its forward takes.
    """

    class_name: str
    parameters: tuple[tuple[str, Number], ...]
    ports: int
    about: str


def digest(content: bytes) -> str:
    """The content's sha256: another version of the file is another file."""
    return sha256(content).hexdigest()


def content_of(path: Path) -> bytes:
    """What the file holds, up to more than is allowed; raises OSError, ValueError: no path."""
    if not path.is_file():
        raise OSError(0, "there is no such file", str(path))
    with path.open("rb") as stream:
        return stream.read(MOST_BYTES + 1)


def declared(content: bytes) -> Declared:
    """What the file declares; raises FileFault."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the file's style
            return _declared(content)
    except (RecursionError, MemoryError) as error:
        raise FileFault("it is nested too deeply") from error


def _declared(content: bytes) -> Declared:
    if len(content) > MOST_BYTES:
        raise FileFault(f"it has {len(content):,} bytes; {MOST_BYTES:,} at most are read")
    try:
        tree = ast.parse(content.decode("utf-8"))
    except SyntaxError as error:
        where = f"line {error.lineno}: " if error.lineno else ""
        raise FileFault(f"{where}{error.msg}") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise FileFault("it is not Python source text") from error
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    modules = [c for c in classes if any(ast.unparse(base) in MODULE for base in c.bases)]
    if len(modules) != 1:
        raise FileFault(f"it should hold one subclass of nn.Module and holds {len(modules)}")
    found = modules[0]
    parameters = _parameters(found)
    if len(parameters) > MOST_PARAMETERS:
        raise FileFault(f"it has {len(parameters)} parameters; {MOST_PARAMETERS} at most are shown")
    for name in (found.name, *(name for name, _ in parameters)):
        if not NAME.fullmatch(name):
            raise FileFault(f"{name[:40]!r} should be ASCII letters, digits and _, at most 40")
    about = (ast.get_docstring(found) or "").strip()
    return Declared(found.name, parameters, _ports(found), about)


def _method(found: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    functions = (node for node in found.body if isinstance(node, ast.FunctionDef))
    return next((node for node in functions if node.name == name), None)


def _parameters(found: ast.ClassDef) -> tuple[tuple[str, Number], ...]:
    """Of __init__, without self."""
    init = _method(found, "__init__")
    if init is None:
        return ()
    rest = init.args
    if rest.vararg or rest.kwarg or rest.posonlyargs:
        raise FileFault(f"line {init.lineno}: __init__ should name each of its parameters")
    plain = rest.args[1:]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(rest.defaults))
    defaults += rest.defaults[-len(plain) :] if plain else []
    pairs = [*zip(plain, defaults, strict=True)]
    pairs += zip(rest.kwonlyargs, rest.kw_defaults, strict=True)
    return tuple((argument.arg, _first(argument, default)) for argument, default in pairs)


def _first(argument: ast.arg, default: ast.expr | None) -> Number:
    kind = ast.unparse(argument.annotation) if argument.annotation else ""
    where = f"line {argument.lineno}: {argument.arg[:40]}"
    if default is None and kind in FIRST:
        return FIRST[kind]
    try:
        value = ast.literal_eval(default) if default is not None else None
    except (ValueError, TypeError):
        value = None
    if not isinstance(value, int | float) or not abs(value) <= LARGEST:
        raise FileFault(
            f"{where} should be an int, float or bool, with a plain default (up to {LARGEST:g}) "
            "or its type"
        )
    return float(value) if kind == "float" else value


def _ports(found: ast.ClassDef) -> int:
    forward = _method(found, "forward")
    if forward is None:
        raise FileFault(f"line {found.lineno}: {found.name} has no forward")
    count = len(forward.args.args) - 1 - len(forward.args.defaults)
    if not 1 <= count <= MOST_PORTS or forward.args.vararg:
        raise FileFault(f"line {forward.lineno}: forward should take 1 to {MOST_PORTS} values")
    return count


def editor_of(name: str, value: Number) -> Parameter:
    """How a parameter is edited: by the type of its value."""
    kinds = {bool: "bool", int: "int", float: "float"}
    return Parameter(
        name=name,
        type=kinds[type(value)],  # type: ignore[arg-type]  # a dict of literals
        optional=False,
        default=value,
        low=None,
        high=None,
        choices=(),
        help=f"{name} of the file's class.",
    )


def carried_text(text: str) -> str:
    """The file without its docstring: what exported source carries."""
    tree = ast.parse(text)
    lines = text.splitlines()
    first = tree.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and tree.body[1:]:
        lines = lines[first.end_lineno :]
    kept = [line.rstrip() for line in lines if not line.startswith("from __future__")]
    return "\n".join(kept).strip("\n")
