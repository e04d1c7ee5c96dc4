"""A law: whatever the editing functions can make, saves, and opens equal; and what opens, saves."""

import inspect
import json
import random
from dataclasses import replace

import pytest

from explorer.blocks.catalogue import block_of, catalogue
from explorer.graph import drawn_edits, edits, groups, layout, limits, notes
from explorer.graph.block import UnknownBlock
from explorer.graph.custom import Custom
from explorer.graph.document import Document, Wire
from explorer.graph.edits import EditError
from explorer.graph.files import DocumentError, dump, load
from explorer.graph.folding import drawn
from explorer.graph.layout import Measures
from explorer.graph.names import BadName
from tests.damage import ODD

LONG = "a" * limits.LONGEST_NAME
NAMES = [
    "b" * 39 + "1",
    LONG,
    LONG[:-2] + "99",
    LONG + "a",
    "class",
    "relu",
    "übel",
    "_x",
    "x9",
    "",
]
TEXTS = [
    "",
    "Netz 网络",
    "\ud800",
    "a\ud83d",
    "\x00\x1b",
    "zwei\nZeilen\t",
    "x" * 9_000,
    "🎉" * 900,
]
PLACES = [0.0, -3.5, 999_990.0, 1e6, -1e6, 1e7, -1e300, float("inf"), float("nan"), 10**20, 0.1]
NUMBERS = [0, 1, -1, 2**40, 10**400, 1e400, 0.5, True, None, "", "x", (1, 2)]
MEASURES = Measures(lambda block: 60.0, 200.0, 40.0, 12.0)
STRANGE = {"a": [1, {"b": [[]]}], "ü": "x" * 50, "big": 10**4_000, "f": 1e-320}


class Hand:
    """Draws at random what the editing functions are given."""

    def __init__(self, seed):
        self.draw = random.Random(seed)
        self.document = Document()

    def one(self, of):
        return self.draw.choice(list(of))

    def node(self):
        return self.one(self.document.nodes) if self.document.nodes else "nobody"

    def ids(self):
        names = list(self.document.nodes)
        return set(self.draw.sample(names, self.draw.randrange(len(names) + 1)))

    def group(self):
        return self.one(g.name for g in self.document.groups) if self.document.groups else "none"

    def name(self):
        return self.one(NAMES) or None

    def block(self):
        kind = self.one([*catalogue(), "strange", "own"])
        if kind == "strange":
            ports = tuple(self.draw.sample(["a", "b", "x" * 400, "网"], self.draw.randrange(3)))
            return UnknownBlock(name="q", fields=STRANGE, input_ports=ports, output_ports=ports)
        if kind == "own":
            return Custom(
                path="/ü" * 2_000, class_name="A" * 61, sha256="0" * 64, arguments='{"x": 1}'
            )
        return catalogue()[kind]()

    def wire(self):
        source, target = self.node(), self.node()
        nodes = self.document.nodes
        outputs = nodes[source].block.outputs if nodes else ()
        inputs = nodes[target].block.inputs if nodes else ()
        return Wire(source, target, self.one([*outputs, "z"]), self.one([*inputs, "z"]))

    def drawn_wire(self):
        wires = list(drawn(self.document).wires)
        if not wires:
            raise EditError("there is no wire")
        return self.one(wires)

    def place(self):
        return self.one(PLACES)

    def piece(self):
        return edits.fragment(self.document, self.ids())

    def folded_piece(self):
        if not self.document.groups:
            raise EditError("there is no group")
        name = self.group()
        group = self.document.group(name)
        return groups.fold(edits.fragment(self.document, group.members), name)


def known(h):
    """The id of a node that is there."""
    if not h.document.nodes:
        raise EditError("there is no block")
    return h.node()


def set_one(h):
    name = known(h)
    parameters = h.document.nodes[name].block.form()
    if not parameters:
        raise EditError("no parameters")
    parameter = h.one(parameters)
    value = h.one([*NUMBERS, parameter.low, parameter.high, *parameter.choices])
    whole = parameter.type == "int" and isinstance(value, float) and value.is_integer()
    return edits.set_params(h.document, name, {parameter.name: int(value) if whole else value})


def set_training(h):
    name = h.one(type(h.document.training).model_fields)
    return edits.set_training(h.document, {name: h.one(NUMBERS)})


def add_chain(h):
    return edits.chain(h.document, [(h.name(), catalogue()["relu"]()) for _ in range(2)], h.place())


def insert_before(h):
    name = known(h)
    return edits.insert_before(h.document, name, "x", h.block())


def set_note(h):
    if not h.document.notes:
        raise EditError("no notes")
    note = replace(h.one(h.document.notes), text=h.one(TEXTS), x=h.place(), width=h.place())
    return notes.set_note(h.document, note)


def splice(h):
    if not h.document.wires:
        raise EditError("there is no wire")
    return edits.splice(h.document, h.one(h.document.wires), h.block(), h.place(), h.place())


def splice_placed(h):
    name = known(h)
    if not h.document.nodes[name].block.inputs or not h.document.nodes[name].block.outputs:
        raise EditError("no way through")
    return drawn_edits.splice_placed(h.document, h.drawn_wire(), name)


EDITS = {
    edits.add_node: lambda h: edits.add_node(h.document, h.block(), h.place(), h.place(), h.name()),
    edits.remove_nodes: lambda h: edits.remove_nodes(h.document, list(h.ids())[:2], h.one([0, 1])),
    edits.connect: lambda h: edits.connect(h.document, h.wire()),
    edits.disconnect: lambda h: edits.disconnect(h.document, h.document.wires[1::3]),
    edits.splice: splice,
    edits.set_params: set_one,
    edits.set_block: lambda h: edits.set_block(h.document, known(h), h.block()),
    edits.rename: lambda h: edits.rename(h.document, known(h), h.one(NAMES)),
    edits.move: lambda h: edits.move(h.document, {h.node(): (h.place(), h.place())}),
    edits.fragment: lambda h: h.piece() if h.draw.random() < 0.02 else h.document,
    edits.paste: lambda h: edits.paste(h.document, h.piece(), h.place(), h.place()),
    edits.set_dataset: lambda h: edits.set_dataset(h.document, h.one(TEXTS)),
    edits.set_title: lambda h: edits.set_title(h.document, h.one(TEXTS)),
    edits.set_training: set_training,
    edits.insert_before: insert_before,
    edits.chain: add_chain,
    groups.make_group: lambda h: groups.make_group(h.document, h.ids(), h.name()),
    groups.extend_group: lambda h: groups.extend_group(h.document, h.group(), h.ids()),
    groups.take_out: lambda h: groups.take_out(h.document, h.ids()),
    groups.ungroup: lambda h: groups.ungroup(h.document, h.group()),
    groups.fold: lambda h: groups.fold(h.document, h.group(), h.one([True, False])),
    groups.set_repeat: lambda h: groups.set_repeat(h.document, h.group(), h.one([1, 64, 65, 0])),
    groups.rename_group: lambda h: groups.rename_group(h.document, h.group(), h.one(NAMES)),
    notes.add_note: lambda h: notes.add_note(h.document, h.one(TEXTS), h.place(), h.place()),
    notes.set_note: set_note,
    notes.remove_note: lambda h: notes.remove_note(h.document, "note2"),
    drawn_edits.connect_drawn: lambda h: drawn_edits.connect_drawn(h.document, h.wire()),
    drawn_edits.disconnect_drawn: lambda h: drawn_edits.disconnect_drawn(
        h.document, h.drawn_wire()
    ),
    drawn_edits.splice_drawn: lambda h: drawn_edits.splice_drawn(
        h.document, h.drawn_wire(), h.block(), h.place(), h.place()
    ),
    drawn_edits.splice_placed: splice_placed,
    drawn_edits.move_drawn: lambda h: drawn_edits.move_drawn(
        h.document, {name: (h.place(), h.place()) for name in list(drawn(h.document).nodes)[:2]}
    ),
    drawn_edits.paste_piece: lambda h: drawn_edits.paste_piece(
        h.document, h.folded_piece(), h.place(), h.place()
    ),
    drawn_edits.splice_piece: lambda h: drawn_edits.splice_piece(
        h.document, h.drawn_wire(), h.folded_piece(), h.place(), h.place()
    ),
    layout.arranged: lambda h: layout.arranged(h.document, MEASURES),
}


GROWING = [EDITS[edits.add_node], EDITS[edits.connect]] * 4


def test_every_editing_function_is_tried():
    there = set()
    for room in (edits, groups, notes, drawn_edits, layout):
        for name, function in vars(room).items():
            own = inspect.isfunction(function) and function.__module__ == room.__name__
            if own and not name.startswith("_"):
                gives = str(inspect.signature(function).return_annotation)
                if gives.startswith(("Document", "tuple[Document")):
                    there.add(function)
    assert there == set(EDITS)


def opens_equal(document):
    content = dump(document).encode()
    loaded = load(content, block_of)
    assert loaded.document == document
    assert not [remark for remark in loaded.remarks if "does not know" not in remark]
    assert dump(loaded.document).encode() == content


@pytest.fixture
def small(monkeypatch):
    """Limits that a few edits reach."""
    for name, most in (("NODES", 14), ("WIRES", 6), ("GROUPS", 2), ("NOTES", 4)):
        monkeypatch.setattr(limits, f"MOST_{name}", most)
    monkeypatch.setattr(limits, "MOST_BYTES", 20_000)


def test_whatever_can_be_drawn_opens_equal(small):
    refusals, done = set(), 0
    for seed in range(150):
        h = Hand(seed)
        for _ in range(90):
            edit = h.draw.choice([*EDITS.values(), *GROWING])
            try:
                made = edit(h)
            except (EditError, BadName) as error:
                refusals.add(str(error)[:22])
                continue
            h.document = made[0] if isinstance(made, tuple) else made
            opens_equal(h.document)
            done += 1
    assert done > 3_000
    for most in ("14 blocks", "6 wires", "2 groups", "4 notes", "20,000 bytes"):
        assert any(f"A document has {most}"[:22] == refusal for refusal in refusals), most


def test_the_limits_as_they_are_open_equal():
    document = Document()
    for number in range(limits.MOST_NOTES):
        try:
            document, _ = notes.add_note(document, '\x01"🎉' * 9_000, number, number)
        except EditError:
            break
    opens_equal(document)
    row = edits.chain(Document(), [(LONG, catalogue()["relu"]())])
    while len(row.nodes) < limits.MOST_NODES:
        rest = list(row.nodes)[: limits.MOST_NODES - len(row.nodes)]
        row, _ = edits.paste(row, edits.fragment(row, rest))
    opens_equal(row)
    with pytest.raises(EditError, match="5,000 blocks at most"):
        edits.add_node(row, catalogue()["relu"]())


def test_a_long_name_counts_on_within_its_limit():
    document = edits.chain(Document(), [(LONG, catalogue()["relu"]())])
    for _ in range(120):
        document, _ = edits.paste(document, edits.fragment(document, [LONG]))
    assert {len(name) for name in document.nodes} == {limits.LONGEST_NAME}
    opens_equal(document)


def test_files_of_earlier_programs_with_names_too_long_open_with_shorter_ones():
    document = edits.chain(
        Document(), [(name, catalogue()["relu"]()) for name in (LONG, "x" * 40, "b", "c")]
    )
    document, _ = groups.make_group(document, [LONG, "x" * 40], "y" * 40)
    document = groups.fold(document, "y" * 40)
    text = dump(document)
    for old in (LONG, "x" * 40, "y" * 40):
        text = text.replace(old, f"{old}2")
    loaded = load(text, block_of)
    assert len(loaded.remarks) == 3
    found = loaded.document
    assert {len(name) for name in found.names} == {1, 40}
    assert len(found.wires) == 3
    assert found.groups[0].members == tuple(found.nodes)[:2]
    opens_equal(found)
    for row in ([7], {"id": 3}, [{"name": 3, "members": {}}], [{"id": "z" * 41}, None]):
        record = {**json.loads(text), "groups": row, "wires": row}
        with pytest.raises(DocumentError):
            load(json.dumps(record | {"nodes": row}), block_of)


# --- what opens can be saved


def raw(text, encoding="utf-8"):
    return text.encode(encoding, "surrogatepass")


def strange(value):
    row = {"id": "q", "kind": "quantum", "parameters": {"deep": value}}
    record = {"format": "architecture-explorer", "version": 1, "nodes": [row], "wires": []}
    return json.dumps(record)


@pytest.mark.parametrize("half", ["\ud800", "a\udc80b"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-32"])
def test_half_a_character_in_whatever_encoding(half, encoding):
    texts = [
        dump(replace(Document(), title=half, dataset=half)),
        strange({half: [half]}),
        strange("x").replace("quantum", half),
    ]
    for text in texts:
        loaded = load(raw(text, encoding), block_of).document
        opens_equal(loaded)
        assert "?" in dump(loaded)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [{"a": -float("inf")}], 1e400])
def test_what_no_file_can_hold_is_refused_on_reading(value):
    with pytest.raises(DocumentError, match="no file can hold"):
        load(strange(value), block_of)


def test_what_is_nested_too_deeply_to_be_written_is_refused_on_reading():
    for depth in (45, 49):
        opens_equal(load(strange(eval("[" * depth + "]" * depth)), block_of).document)
    for depth in (60, 90):
        with pytest.raises(DocumentError, match="nested"):
            load(strange(eval("[" * depth + "]" * depth)), block_of)
    for depth in (300, 900, 5_000):
        with pytest.raises(DocumentError, match="nested"):
            load(strange("X").replace('"X"', "[" * depth + "]" * depth), block_of)


def test_odd_values_in_parameters_that_nobody_knows():
    opened = 0
    for value in ODD:
        try:
            loaded = load(strange(value), block_of)
        except (DocumentError, ValueError):
            continue
        opens_equal(loaded.document)
        opened += 1
    assert opened > 10


def test_what_takes_more_room_when_it_is_written_again_is_refused(monkeypatch):
    rows = ",".join(f'{{"id":"n{k}","kind":"self_attention"}}' for k in range(40))
    text = f'{{"format":"architecture-explorer","version":1,"nodes":[{rows}]}}'
    whole = dump(load(text, block_of).document)
    assert len(whole) > 1.5 * len(text)
    monkeypatch.setattr(limits, "MOST_BYTES", len(whole) - 1)
    with pytest.raises(DocumentError, match="not opened"):
        load(text, block_of)
    monkeypatch.setattr(limits, "MOST_BYTES", len(whole))
    opens_equal(load(text, block_of).document)
