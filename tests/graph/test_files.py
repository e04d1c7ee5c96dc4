"""Documents from strangers: what is damaged gets a message, what is unknown is kept."""

import json
import random

import pytest

from explorer.blocks.catalogue import block_of, catalogue
from explorer.graph import edits, files
from explorer.graph.block import UnknownBlock
from explorer.graph.document import Document, Wire
from explorer.plan.plan import plan


def document():
    blocks = [(None, catalogue()[kind]()) for kind in ("input", "conv2d", "flatten", "linear")]
    return edits.chain(Document(title='Ein "Netz" 网络'), blocks)


def damaged(change):
    record = json.loads(files.dump(document()))
    change(record)
    return json.dumps(record)


def set_at(*path, value):
    def change(record):
        for key in path[:-1]:
            record = record[key]
        record[path[-1]] = value

    return change


def test_round_trip_is_exact_to_the_byte():
    text = files.dump(document())
    loaded = files.load(text, block_of)
    assert loaded.document == document()
    assert files.dump(loaded.document) == text
    assert files.load(text.encode(), block_of).document == document()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "damaged or cut short: line 1"),
        (files.dump(document())[:300], "damaged or cut short: line"),
        ("[]", "not a document of this program"),
        ('{"format": "other"}', "not a document of this program"),
        ("[" * 200_000, "nested too deeply"),
        ("9" * 10_000, "a number that can't be read"),
        (b"\xff\xfe\x00", "not text|damaged"),
        (damaged(set_at("version", value=99)), "newer program"),
        (damaged(set_at("version", value="1")), "version is '1'"),
        (damaged(set_at("nodes", value={})), '"nodes" should be a list'),
        (damaged(set_at("nodes", 1, value=7)), r"nodes\[1\] should be an object but is 7"),
        (damaged(set_at("nodes", 1, "id", value="../x")), r"nodes\[1\]: '../x' is not a name"),
        (damaged(set_at("nodes", 1, "id", value="input")), "named 'input' already"),
        (damaged(set_at("nodes", 1, "x", value=float("nan"))), r'\(conv1\): "x" is nan'),
        (damaged(set_at("nodes", 1, "x", value=1e300)), r'"x" is 1e\+300'),
        (damaged(set_at("nodes", 1, "x", value="left")), r'"x" should be a number'),
        (
            damaged(set_at("nodes", 1, "parameters", "out_channels", value="many")),
            r"conv1\): out_channels .*whole number.*'many'",
        ),
        (damaged(set_at("nodes", 1, "parameters", "spell", value=1)), "no 'spell'"),
        (damaged(set_at("training", "rate", value=-1)), "training: rate"),
        (damaged(set_at("wires", 0, value=[])), r"wires\[0\] should be an object"),
        (damaged(set_at("title", value=3)), '"title" should be text'),
    ],
)
def test_damage_is_named(text, message):
    with pytest.raises(files.DocumentError, match=message):
        files.load(text, block_of)


def test_a_million_nodes_are_refused_quickly():
    row = '{"id": "n%d", "kind": "relu"},'
    text = '{"format": "architecture-explorer", "version": 1, "nodes": ['
    text += "".join(row % number for number in range(1_000_000))[:-1] + "]}"
    with pytest.raises(files.DocumentError, match="bytes; a document has 8,000,000 at most"):
        files.load(text, block_of)
    record = json.loads(files.dump(document()))
    record["nodes"] = [{"id": f"n{number}", "kind": "relu"} for number in range(6_000)]
    with pytest.raises(files.DocumentError, match="6,000 nodes; 5,000 at most"):
        files.load(json.dumps(record), block_of)


def test_an_unknown_block_is_kept_as_it_is():
    text = damaged(set_at("nodes", 1, "kind", value="quantum_conv"))
    loaded = files.load(text, block_of)
    assert isinstance(loaded.document.nodes["conv1"].block, UnknownBlock)
    assert "conv1 is a 'quantum_conv' block" in loaded.remarks[0]
    assert json.loads(files.dump(loaded.document)) == json.loads(text)
    assert any("quantum_conv" in problem.message for problem in plan(loaded.document).problems)


def test_wires_that_cannot_be_are_left_out_with_a_remark():
    def change(record):
        record["wires"] += [
            {"from": "flatten", "to": "conv1"},
            {"from": "ghost", "to": "fc1"},
            {"from": "conv1", "to": "flatten", "output": "z"},
        ]

    loaded = files.load(damaged(change), block_of)
    assert loaded.document == document()
    assert len(loaded.remarks) == 3


def test_a_circle_is_opened_at_one_wire():
    def change(record):
        record["wires"][0] = {"from": "flatten", "to": "conv1"}

    loaded = files.load(damaged(change), block_of)
    assert loaded.remarks == ("The wire flatten -> conv1 was left out: it makes a loop.",) or (
        loaded.remarks == ("The wire conv1 -> flatten was left out: it makes a loop.",)
    )
    assert plan(loaded.document).problems


def test_a_circle_made_by_hand_is_a_problem_with_a_fix():
    start = document()
    circle = Document(nodes=start.nodes, wires=(*start.wires[1:], Wire("flatten", "conv1")))
    checked = plan(circle)
    fix = next(p.fix for p in checked.problems if "in a loop" in p.message)
    assert not any("in a loop" in p.message for p in plan(fix.edit(circle)).problems)


@pytest.mark.parametrize("kind", [str, str.encode])
def test_half_a_character_does_no_harm(kind):
    text = files.dump(document()).replace("Ein", "\\uD800 \\ud83d\\ude00")
    loaded = files.load(kind(text), block_of).document
    assert loaded.title.startswith("? \N{GRINNING FACE}")
    assert files.load(files.dump(loaded).encode(), block_of).document == loaded


def test_random_damage_never_escapes():
    random.seed(0)
    text = files.dump(document())
    opened = 0
    refusals = []
    for _ in range(3_000):
        letters = list(text)
        for _ in range(random.randint(1, 4)):
            place = random.randrange(len(letters))
            letters[place] = random.choice('{}[],:"0123456789.eE-nulltruefalse \n\\\x00é')
        if random.random() < 0.3:
            del letters[random.randrange(len(letters)) :]
        try:
            loaded = files.load("".join(letters), block_of)
        except files.DocumentError as error:
            refusals.append(str(error))
        else:
            plan(loaded.document)
            files.load(files.dump(loaded.document), block_of)
            opened += 1
    assert opened > 50
    assert len(refusals) > 500
    assert all(refusals)
