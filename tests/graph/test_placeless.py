"""Documents that say no places are laid out when they are read, by everything that reads them."""

import json
from itertools import combinations

import pytest

from explorer.blocks.catalogue import block_of
from explorer.graph.block_size import WIDTH, height_of
from explorer.graph.files import dump, load
from explorer.plan.documents import examples
from explorer.plan.plan import plan
from explorer.records.svg_diagram import diagram


def without_places(text, which=lambda place: True):
    record = json.loads(text)
    for place, node in enumerate(record["nodes"]):
        if which(place):
            del node["x"], node["y"]
    return json.dumps(record)


def overlapping(document):
    drawn = [each for each in document.nodes.values() if not hidden(document, each.id)]
    return [
        (one.id, other.id)
        for one, other in combinations(drawn, 2)
        if abs(one.x - other.x) < WIDTH
        and abs(one.y - other.y) < (height_of(one.block) + height_of(other.block)) / 2
    ]


def hidden(document, name):
    return any(group.folded and name in group.members for group in document.groups)


@pytest.mark.parametrize("name", examples())
def test_a_document_without_places_is_laid_out(name):
    before = load(examples()[name].read_text(), block_of).document
    found = load(without_places(dump(before)), block_of).document
    assert overlapping(found) == []
    assert (list(found.nodes), found.wires) == (list(before.nodes), before.wires)
    again = load(dump(found), block_of).document
    assert again == found


def test_blocks_without_places_stand_below_the_others():
    text = examples()["tutorial-cnn"].read_text()
    before = load(text, block_of).document
    found = load(without_places(text, lambda place: place % 2 == 0), block_of).document
    assert overlapping(found) == []
    kept = list(before.nodes)[1::2]
    assert all(found.nodes[each] == before.nodes[each] for each in kept)


def test_places_that_are_there_stay():
    for file in examples().values():
        document = load(file.read_text(), block_of).document
        assert load(dump(document), block_of).document == document


@pytest.mark.parametrize("nodes", [[], [{"id": "input", "kind": "input"}]])
def test_little_or_nothing_to_lay_out(nodes):
    text = json.dumps({"format": "architecture-explorer", "version": 1, "nodes": nodes})
    document = load(text, block_of).document
    assert [(each.x, each.y) for each in document.nodes.values()] == [(0.0, 0.0)] * len(nodes)


def test_the_report_shows_every_block():
    text = without_places(examples()["tutorial-cnn"].read_text())
    made = plan(load(text, block_of).document)
    svg = str(diagram(made))
    assert all(f">{name}<" in svg for name in made.document.nodes)
    assert overlapping(made.document) == []
