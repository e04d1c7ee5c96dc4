"""One word for one thing, in every sentence of the program that people read."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted((ROOT / "explorer").rglob("*.py"))
PAGES = sorted((ROOT / "resources" / "report").rglob("*.html"))

# What is not said, and the word that is.
UNSAID = {
    r"(?i)\bheld[- ]out\b": "test",
    r"loss \(nats\)": "loss",
    r"(?i)\b(close|closes|in) a circle\b": "would make a loop",
    r"^&?Arran&?ge\b": "Tidy up (the canvas), Layout (of the window)",
    r"(?i)\barrangement: ": "Layout",
    r"(?i)take (it|them|these) away": "export",
    r"^Save ▾|^Save as (PNG|SVG)": "Export",
    r"(?i)\btaken for\b": "read as",
    r"(?i)should be (greater|less) than": "must be at least, at most",
    r"(?i)\bstep 0\b": "untrained",
}


def sentences(file):
    """String constants that are no docstrings, with what an f-string has around its values."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


@pytest.mark.parametrize("pattern", UNSAID, ids=UNSAID.values())
def test_one_word_for_one_thing(pattern):
    found = [
        f"{file.relative_to(ROOT)}: {text!r}"
        for file in FILES
        for text in sentences(file)
        if re.search(pattern, text)
    ]
    found += [page.name for page in PAGES if re.search(pattern, page.read_text(encoding="utf-8"))]
    assert not found, f"say: {UNSAID[pattern]}"
