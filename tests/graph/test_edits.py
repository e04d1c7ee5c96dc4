"""Edits are pure, total over what a hand can do, and undo takes every one of them back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from pydantic import ValidationError

from explorer.blocks.catalogue import block_of, catalogue
from explorer.graph import edits, files
from explorer.graph.document import Document, Training, Wire
from explorer.graph.drawn_edits import connect_drawn, disconnect_drawn
from explorer.graph.folding import drawn
from explorer.graph.groups import (
    extend_group,
    fold,
    make_group,
    rename_group,
    set_repeat,
    take_out,
    ungroup,
)
from explorer.graph.history import History
from explorer.graph.membership import circling, edges, units
from explorer.graph.names import BadName, check_name, fresh_name
from explorer.plan.plan import plan
from tests.making import block

KINDS = sorted(catalogue())


def row(*kinds):
    return edits.chain(Document(), [(None, block(kind)) for kind in kinds])


def test_names_count_on():
    document = row("conv2d", "conv2d", "max_pool2d", "max_pool2d", "linear", "linear")
    assert list(document.nodes) == ["conv1", "conv2", "pool", "pool2", "fc1", "fc2"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "not a name"),
        ("2conv", "not a name"),
        ("../etc/passwd", "not a name"),
        ("конв", "not a name"),
        ("_x", "begins with _"),
        ("class", "word of the Python language"),
        ("forward", "every torch module"),
        ("train", "every torch module"),
        ("a" * 41, "41 characters"),
        ("conv1", "already"),
    ],
)
def test_a_bad_name_is_refused_with_its_reason(name, reason):
    with pytest.raises(BadName, match=reason):
        check_name(name, {"conv1"})


@given(st.text(max_size=12), st.sets(st.text(max_size=6), max_size=5))
def test_fresh_names_are_free_and_good(stem, taken):
    stem = stem if stem.isascii() and stem.isidentifier() and not stem.startswith("_") else "conv1"
    name = fresh_name(stem, taken)
    check_name(name, taken)


def test_connect_replaces_the_wire_into_the_same_input():
    document = row("input", "relu")
    document, other = edits.add_node(document, block("relu"))
    document = edits.connect(document, Wire(other, "relu"))
    assert document.wires == (Wire(other, "relu"),)


@pytest.mark.parametrize(
    ("wire", "error"),
    [
        (Wire("relu2", "relu"), edits.WouldLoop),
        (Wire("relu", "relu"), edits.WouldLoop),
        (Wire("relu", "nobody"), edits.NoSuchPort),
        (Wire("relu", "relu2", "z"), edits.NoSuchPort),
        (Wire("relu", "relu2", "y", "z"), edits.NoSuchPort),
    ],
)
def test_a_wire_that_cannot_be_is_refused_by_one_gate(wire, error):
    with pytest.raises(error):
        edits.connect(row("relu", "relu"), wire)


def test_splice_and_heal_are_opposites():
    document = row("input", "relu", "output")
    spliced, name = edits.splice(document, Wire("relu", "output"), block("dropout"), 5, 5)
    assert {(w.source, w.target) for w in spliced.wires} == {
        ("input", "relu"),
        ("relu", name),
        (name, "output"),
    }
    healed = edits.remove_nodes(spliced, [name], heal=True)
    assert set(healed.wires) == set(document.wires)
    assert healed.nodes == document.nodes


def test_rename_reaches_every_wire():
    document = edits.rename(row("input", "relu", "output"), "relu", "bend")
    assert document.wires == (Wire("input", "bend"), Wire("bend", "output"))
    assert document.nodes["bend"].id == "bend"
    assert list(document.nodes) == ["input", "bend", "output"]


def test_paste_gives_fresh_names_and_keeps_inner_wires():
    document = row("input", "conv2d", "relu")
    piece = edits.fragment(document, {"conv1", "relu"})
    pasted, names = edits.paste(document, piece)
    assert names == ("conv2", "relu2")
    assert Wire("conv2", "relu2") in pasted.wires
    assert len(pasted.wires) == len(document.wires) + 1


def test_a_parameter_out_of_its_limits_names_itself_and_the_value():
    with pytest.raises(edits.EditError, match=r"conv1: out_channels must be .*1.*0"):
        edits.set_params(row("conv2d"), "conv1", {"out_channels": 0})
    with pytest.raises(edits.EditError, match="training: rate"):
        edits.set_training(Document(), {"rate": float("nan")})


def test_equal_merge_keys_in_a_row_make_one_step():
    history = History(Document())
    for title in "abc":
        history.push(edits.set_title(history.document, title), "Title", "title")
    history.push(edits.set_title(history.document, "d"), "Title")
    assert [entry.document.title for entry in history.entries] == ["Untitled", "c", "d"]
    history.undo()
    history.undo()
    assert history.document == Document()
    assert (history.undo_label, history.redo_label) == ("", "Title")


class RandomEdits(RuleBasedStateMachine):
    """Any row of edits: the document stays sound, saves and loads equal, and undo leads back.

    Saving and planning cost more than an edit: they are checked now and then, and at the end.
    """

    edits = 0  # that changed something, of all runs; undo and redo among them

    def __init__(self):
        super().__init__()
        self.steps = 0
        self.history = History(Document())
        self.seen = [self.history.document]
        self.reasons = []

    def push(self, document):
        if document is not self.history.document:
            del self.seen[self.history.place + 1 :]
            self.history.push(document, "edit")
            self.seen.append(document)
            RandomEdits.edits += 1

    def pick(self, number):
        names = list(self.history.document.nodes)
        return names[number % len(names)] if names else None

    @rule(kind=st.sampled_from(KINDS), x=st.integers(-999, 999))
    def add(self, kind, x):
        self.push(edits.add_node(self.history.document, block(kind), x, -x)[0])

    @rule(a=st.integers(0, 99), b=st.integers(0, 99))
    def wire(self, a, b):
        source, target = self.pick(a), self.pick(b)
        if source is None:
            return
        ports = self.history.document.nodes[target].block.inputs
        wire = Wire(source, target, "y", ports[a % len(ports)] if ports else "x")
        try:
            self.push(edits.connect(self.history.document, wire))
        except edits.ConnectError as error:
            self.reasons.append(str(error))

    @rule(a=st.integers(0, 99), heal=st.booleans())
    def remove(self, a, heal):
        name = self.pick(a)
        if name:
            self.push(edits.remove_nodes(self.history.document, [name], heal))

    @rule(a=st.integers(0, 99), kind=st.sampled_from(["relu", "flatten", "add", "linear"]))
    def splice(self, a, kind):
        wires = self.history.document.wires
        if wires:
            wire = wires[a % len(wires)]
            self.push(edits.splice(self.history.document, wire, block(kind), 0, 0)[0])

    @rule(a=st.integers(0, 99), name=st.sampled_from(["alpha", "beta2", "class", "conv1"]))
    def rename(self, a, name):
        old = self.pick(a)
        if old is None:
            return
        try:
            self.push(edits.rename(self.history.document, old, name))
        except BadName as error:
            self.reasons.append(str(error))

    @rule(a=st.integers(0, 99))
    def duplicate(self, a):
        ids = list(self.history.document.nodes)[: a % 4]
        piece = edits.fragment(self.history.document, ids)
        self.push(edits.paste(self.history.document, piece)[0])

    @rule(numbers=st.sets(st.integers(0, 99), max_size=4), everything=st.booleans())
    def group(self, numbers, everything):
        ids = {self.pick(number) for number in numbers} - {None}
        if everything:
            ids = set(self.history.document.nodes)
        try:
            self.push(make_group(self.history.document, ids)[0])
        except edits.EditError as error:
            self.reasons.append(str(error))

    @rule(a=st.integers(0, 99), numbers=st.sets(st.integers(0, 99), max_size=3))
    def join_or_leave(self, a, numbers):
        document = self.history.document
        if not document.groups:
            return
        name = document.groups[a % len(document.groups)].name
        ids = {self.pick(number) for number in numbers} - {None}
        try:
            self.push(take_out(document, ids) if a % 2 else extend_group(document, name, ids))
        except edits.EditError as error:
            self.reasons.append(str(error))

    @rule(a=st.integers(0, 99), change=st.sampled_from(["ungroup", "fold", "unfold", "rename"]))
    def change_group(self, a, change):
        document = self.history.document
        if not document.groups:
            return
        name = document.groups[a % len(document.groups)].name
        changes = {
            "ungroup": lambda: ungroup(document, name),
            "fold": lambda: fold(document, name),
            "unfold": lambda: fold(document, name, folded=False),
            "rename": lambda: rename_group(document, name, f"part{a % 3}"),
        }
        try:
            self.push(changes[change]())
        except BadName as error:
            self.reasons.append(str(error))

    @rule(a=st.integers(0, 99), repeat=st.integers(0, 4))
    def repeat(self, a, repeat):
        document = self.history.document
        if document.groups:
            name = document.groups[a % len(document.groups)].name
            try:
                self.push(set_repeat(document, name, repeat))
            except edits.EditError as error:
                self.reasons.append(str(error))

    @rule(a=st.integers(0, 99), back=st.booleans())
    def rewire_as_drawn(self, a, back):
        wires = list(drawn(self.history.document).wires)
        if wires:
            wire = wires[a % len(wires)]
            loose = disconnect_drawn(self.history.document, wire)
            self.push(connect_drawn(loose, wire) if back else loose)

    @rule(a=st.integers(0, 99), x=st.integers(-9, 9))
    def move(self, a, x):
        name = self.pick(a)
        if name:
            self.push(edits.move(self.history.document, {name: (x, -x)}))

    @rule(a=st.integers(0, 99), value=st.sampled_from([None, True, 0, 1, 7, 0.5, "steps"]))
    def change(self, a, value):
        name = self.pick(a)
        fields = list(self.history.document.nodes[name].block.values()) if name else []
        if fields:
            try:
                changes = {fields[a % len(fields)]: value}
                self.push(edits.set_params(self.history.document, name, changes))
            except edits.EditError as error:
                self.reasons.append(str(error))

    @rule(a=st.integers(0, 99))
    def fix(self, a):
        document = self.history.document
        fixes = [p.fix for p in plan(document).problems if p.fix]
        if fixes:
            self.push(fixes[a % len(fixes)].edit(document))

    @rule(by=st.integers(1, 3))
    def undo(self, by):
        self.go(-by)

    @rule(by=st.integers(1, 3))
    def redo(self, by):
        self.go(by)

    def go(self, by):
        for _ in range(abs(by)):
            place = self.history.place
            self.history.undo() if by < 0 else self.history.redo()
            RandomEdits.edits += self.history.place != place

    @invariant()
    def the_history_holds_what_was_seen(self):
        assert self.history.document is self.seen[self.history.place]

    @invariant()
    def every_refusal_has_its_reason(self):
        assert all(self.reasons)

    @invariant()
    def groups_are_sound(self):
        document = self.history.document
        members = [name for group in document.groups for name in group.members]
        assert len(members) == len(set(members))
        assert len(document.names) == len(document.nodes) + len(document.groups)
        for group in document.groups:
            assert group.members == tuple(n for n in document.nodes if n in group.members)
            assert group.members
            assert all(document.nodes[name].block.role == "layer" for name in group.members)
        assert not circling(edges(document.wires, units(document.groups)))

    @invariant()
    def the_drawing_holds_every_wire_once(self):
        document = self.history.document
        drawing = drawn(document)
        for wire, real in drawing.wires.items():
            assert wire.output in drawing.nodes[wire.source].block.outputs
            assert wire.input in drawing.nodes[wire.target].block.inputs
            assert set(real) <= set(drawing.real(wire))
        shown = [wire for real in drawing.wires.values() for wire in real]
        hidden = [wire for wire in document.wires if wire not in shown]
        item_of = drawing.item_of
        assert all(item_of[wire.source] == item_of[wire.target] for wire in hidden)
        assert len(shown) + len(hidden) == len(document.wires)

    @invariant()
    def now_and_then_all_else_holds(self):
        self.steps += 1
        if self.steps % 10 == 0:
            self.saves_and_loads_equal()
            self.plans_without_raising_and_each_fix_is_an_edit()

    def teardown(self):
        self.saves_and_loads_equal()
        for document in reversed(self.seen[: self.history.place]):
            self.history.undo()
            assert self.history.document is document
            RandomEdits.edits += 1
        assert self.history.document == Document()

    def saves_and_loads_equal(self):
        loaded = files.load(files.dump(self.history.document), block_of)
        assert loaded.document == self.history.document
        assert loaded.remarks == ()

    def plans_without_raising_and_each_fix_is_an_edit(self):
        checked = plan(self.history.document)
        for problem in checked.problems:
            assert problem.message.endswith(".")
            if problem.fix:
                assert problem.fix.edit(self.history.document) is not self.history.document


def test_ten_thousand_random_edits():
    RandomEdits.edits = 0
    run_state_machine_as_test(
        RandomEdits, settings=settings(max_examples=150, stateful_step_count=120)
    )
    assert RandomEdits.edits >= 10_000


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"epochs": 0}, "epochs must be at least 1, not 0"),
        ({"rate": 11}, "rate must be at most 10, not 11"),
        ({"epochs": 1.5}, "epochs must be a whole number, not 1.5"),
        ({"rate": "fast"}, "rate must be a number, not 'fast'"),
        ({"compile": "x"}, "compile must be true or false, not 'x'"),
        ({"optimiser": "x"}, "optimiser must be one of 'adam', 'adamw' or 'sgd', not 'x'"),
        ({"speed": 3}, "there is no 'speed'"),
    ],
)
def test_a_value_out_of_its_limits_is_told_with_the_limit(values, words):
    with pytest.raises(ValidationError) as fault:
        Training(**values)
    assert edits.validation_message(fault.value) == words
