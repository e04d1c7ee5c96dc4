"""Numbers of any size in a document's text: it opens and can be written, or is refused in words."""

import json

import pytest

from explorer.blocks.catalogue import block_of
from explorer.graph.files import DocumentError, dump, load
from explorer.plan.documents import examples
from explorer.plan.plan import plan

HUGE = ("1" + "0" * 400, "1" + "0" * 4_299, "1" + "0" * 5_000, "-1" + "0" * 4_299)
HUGE += ("1e400", "-1e400", "1e308", "5e-324", "NaN", "-Infinity")


def numbers(value, path=()):
    """The way to each number of a JSON value."""
    if isinstance(value, dict):
        return [each for key, inner in value.items() for each in numbers(inner, (*path, key))]
    if isinstance(value, list):
        return [each for key, inner in enumerate(value) for each in numbers(inner, (*path, key))]
    return [path] if isinstance(value, int | float) and not isinstance(value, bool) else []


def document():
    """Every kind of number that a document has, one of an unknown block among them."""
    record = json.loads(examples()["tutorial-cnn"].read_text())
    names = [node["id"] for node in record["nodes"]]
    later = {"depth": 3, "inner": [1, {"a": 2.5}]}
    record["nodes"].append({"id": "new1", "kind": "of_later", "x": 0, "y": 9, "parameters": later})
    record["groups"] = [{"name": "part", "members": names[1:3], "repeat": 2}]
    record["notes"] = [{"text": "Here", "x": 1, "y": 2, "width": 100, "height": 80}]
    return record


def with_number(record, path, text):
    """The document's text with another number at this place."""
    copied = json.loads(json.dumps(record))
    inner = copied
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = "@@"
    return json.dumps(copied).replace('"@@"', text)


@pytest.mark.parametrize("text", HUGE, ids=lambda text: text[:8] + str(len(text)))
def test_huge_numbers(text):
    record = document()
    places = numbers(record)
    assert len(places) > 40
    for path in places:
        refused, found = opened(with_number(record, path, text))
        assert (found is None) == (10 < len(refused) < 600), path
        if found is not None:
            assert load(dump(found), block_of).document == found, path
            assert all(len(problem.message) < 1_000 for problem in plan(found).problems)


def opened(text):
    """Why it can't be, or the document."""
    try:
        return "", load(text, block_of).document
    except DocumentError as error:
        return str(error), None
