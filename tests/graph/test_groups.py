"""Groups: made, folded, kept sound by every edit, saved and read; what can't be is refused."""

import json
import re
from dataclasses import replace

import pytest

from explorer.blocks.catalogue import block_of
from explorer.graph import edits, files
from explorer.graph.document import Document, Wire
from explorer.graph.drawn_edits import connect_drawn, disconnect_drawn, splice_placed
from explorer.graph.folding import drawn, with_members
from explorer.graph.groups import (
    extend_group,
    fold,
    make_group,
    rename_group,
    set_repeat,
    take_out,
    ungroup,
)
from explorer.graph.names import BadName
from tests.making import block


def row(*kinds):
    return edits.chain(Document(), [(None, block(kind)) for kind in kinds])


def residual():
    """input -> conv1 -> relu -> add(a), input -> add(b), add -> output"""
    document = row("input", "conv2d", "relu", "add", "output")
    return edits.connect(document, Wire("input", "add", "y", "b"))


def grouped():
    return make_group(residual(), ["conv1", "relu", "add"])[0]


def test_a_group_takes_the_next_name_and_the_documents_order():
    document, name = make_group(residual(), ["relu", "conv1"])
    assert name == "block1"
    assert document.group("block1").members == ("conv1", "relu")
    document, name = make_group(document, ["add"], "Sum")
    assert document.group_of["add"].name == name == "Sum"
    assert make_group(ungroup(document, "block1"), ["conv1"])[1] == "block1"


@pytest.mark.parametrize(
    ("ids", "reason"),
    [
        ([], "Select the blocks"),
        (["input", "conv1"], "input is the network's Input"),
        (["conv1", "add"], "comes back to it through relu"),
    ],
)
def test_what_can_not_be_a_group_is_refused(ids, reason):
    with pytest.raises(edits.EditError, match=reason):
        make_group(residual(), ids)


def test_a_block_is_in_one_group_only():
    with pytest.raises(edits.EditError, match="relu is in the group block1 already"):
        make_group(make_group(residual(), ["relu"])[0], ["conv1", "relu"])


def test_two_groups_must_not_wait_for_each_other():
    document = row("relu", "relu")
    document = edits.chain(document, [("a", block("relu")), ("b", block("relu"))])
    document, _ = make_group(document, ["relu", "b"], "first")
    with pytest.raises(edits.EditError, match="through first"):
        make_group(document, ["relu2", "a"])


def test_a_wire_that_leads_back_into_a_group_is_refused_by_the_one_gate():
    document, _ = make_group(row("relu", "relu"), ["relu", "relu2"])
    document, other = edits.add_node(document, block("relu"))
    document = edits.connect(document, Wire("relu", other))
    document = edits.disconnect(document, [Wire("relu", "relu2")])
    with pytest.raises(edits.WouldReturn, match=r"between relu3 and block1.*ungroup it first"):
        edits.connect(document, Wire(other, "relu2"))


def test_blocks_join_and_leave_a_group():
    document, _ = make_group(residual(), ["conv1"])
    document = extend_group(document, "block1", ["add", "relu", "conv1"])
    assert document.groups == grouped().groups
    with pytest.raises(edits.EditError, match="through relu"):
        extend_group(take_out(document, ["relu", "add"]), "block1", ["add"])
    with pytest.raises(edits.EditError, match="through relu"):
        take_out(document, ["relu"])
    assert take_out(document, ["add"]).groups[0].members == ("conv1", "relu")
    assert take_out(document, ["add"]).groups[0].shared == ()
    assert take_out(document, ["conv1", "relu", "add"]).groups == ()


def test_a_placed_block_put_into_an_inner_wire_becomes_a_member():
    document, name = edits.add_node(grouped(), block("dropout"))
    document = splice_placed(document, Wire("conv1", "relu"), name)
    assert name in document.group("block1").members
    assert Wire("conv1", name) in document.wires
    outside = splice_placed(
        edits.add_node(grouped(), block("dropout"))[0], Wire("add", "output"), name
    )
    assert name not in outside.group_of


def test_groups_and_nodes_share_their_names():
    document = grouped()
    for change in (
        lambda: edits.rename(document, "relu", "block1"),
        lambda: rename_group(document, "block1", "relu"),
        lambda: edits.add_node(document, block("relu"), name="block1"),
    ):
        with pytest.raises(BadName, match="already"):
            change()
    renamed = rename_group(document, "block1", "residual")
    assert renamed.group("residual").members == ("conv1", "relu", "add")


def test_members_that_go_leave_the_group_and_an_empty_one_vanishes():
    document = edits.remove_nodes(grouped(), ["relu"], heal=True)
    assert document.group("block1").members == ("conv1", "add")
    assert edits.remove_nodes(document, ["conv1", "add"]).groups == ()


def test_a_member_keeps_its_group_under_another_name():
    document = edits.rename(grouped(), "conv1", "first")
    assert document.group("block1").members == ("first", "relu", "add")
    assert document.group("block1").shared == ((("first", "x"), ("add", "b")),)


def test_a_block_in_a_wire_of_the_group_joins_it_and_one_before_does_not():
    document, name = edits.splice(grouped(), Wire("conv1", "relu"), block("dropout"), 0, 0)
    assert document.group("block1").members == ("conv1", "relu", "add", name)
    document, name = edits.splice(grouped(), Wire("input", "conv1"), block("dropout"), 0, 0)
    assert name not in document.group_of


def test_a_copy_of_a_whole_group_is_a_group_of_other_names():
    document = set_repeat(grouped(), "block1", 3)
    piece = edits.fragment(document, {"conv1", "relu", "add"})
    pasted, _ = edits.paste(document, piece)
    copy = pasted.group("block2")
    assert (copy.members, copy.repeat) == (("conv2", "relu2", "add2"), 3)
    assert copy.shared == ((("conv2", "x"), ("add2", "b")),)
    assert edits.fragment(document, {"conv1", "relu"}).groups == ()


@pytest.mark.parametrize("repeat", [0, -1, 65])
def test_repeat_has_limits(repeat):
    with pytest.raises(edits.EditError, match=f"1 to 64 times, not {repeat}"):
        set_repeat(grouped(), "block1", repeat)


def test_folded_it_is_one_block_with_a_port_for_each_value():
    drawing = drawn(fold(grouped(), "block1"))
    assert list(drawing.nodes) == ["input", "block1", "output"]
    assert set(drawing.wires) == {Wire("block1", "output"), Wire("input", "block1")}
    assert drawing.wires[Wire("input", "block1")] == (
        Wire("input", "conv1"),
        Wire("input", "add", "y", "b"),
    )
    assert drawing.real(Wire("block1", "output")) == (Wire("add", "output"),)
    assert drawn(grouped()).nodes == grouped().nodes


def test_a_wire_that_is_taken_off_and_put_back_feeds_the_same_inputs():
    document = fold(grouped(), "block1")
    wire = Wire("input", "block1")
    loose = disconnect_drawn(document, wire)
    assert drawn(loose).nodes["block1"].block.inputs == ("x",)
    assert not any(w.source == "input" for w in loose.wires)
    assert set(connect_drawn(loose, wire).wires) == set(document.wires)


def test_several_values_have_ports_named_after_the_members():
    document = row("input", "conv2d", "relu", "add", "output")
    document, extra = edits.add_node(document, block("relu"))
    document = edits.connect(document, Wire(extra, "add", "y", "b"))
    document = edits.connect(document, Wire("input", extra))
    document = fold(make_group(document, ["relu", "add"])[0], "block1")
    assert drawn(document).nodes["block1"].block.inputs == ("relu", "add")
    assert Wire(extra, "block1", "y", "add") in drawn(document).wires
    assert with_members(document, ["block1", "input"]) == ("relu", "add", "input")


def test_groups_are_saved_and_a_document_without_them_is_written_as_before():
    document = fold(set_repeat(grouped(), "block1", 3), "block1")
    loaded = files.load(files.dump(document), block_of)
    assert (loaded.document, loaded.remarks) == (document, ())
    assert "groups" not in json.loads(files.dump(residual()))


def damaged(**changes):
    record = json.loads(files.dump(grouped()))
    record["groups"][0] |= changes
    return json.dumps(record)


@pytest.mark.parametrize(
    ("changes", "remark"),
    [
        ({"name": "class"}, "word of the Python language"),
        ({"name": "relu"}, "already"),
        ({"members": []}, "holds no block"),
        ({"members": ["input", "conv1"]}, "input can't be in a group"),
        ({"members": ["conv1", "add"]}, "comes back"),
        ({"members": ["relu", "nobody"]}, "not there: .*nobody"),
    ],
)
def test_a_group_that_can_not_stand_is_left_out_with_a_remark(changes, remark):
    loaded = files.load(damaged(**changes), block_of)
    assert re.search(remark, " ".join(loaded.remarks))
    assert list(loaded.document.nodes) == list(residual().nodes)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": 7},
        {"members": "relu"},
        {"members": [["relu"]]},
        {"repeat": 0},
        {"repeat": 10**9},
        {"repeat": True},
        {"repeat": "3"},
        {"folded": 1},
        {"shared": 1},
        {"shared": [[["relu"]]]},
        {"shared": [["relu", "x"]]},
    ],
)
def test_a_damaged_group_is_told_with_its_place(changes):
    with pytest.raises(files.DocumentError, match=r"groups\[0\]"):
        files.load(damaged(**changes), block_of)


def test_rows_that_are_no_groups_are_told():
    record = json.loads(files.dump(grouped()))
    for rows in (7, [7], [None], [{}] * 1001):
        with pytest.raises(files.DocumentError):
            files.load(json.dumps({**record, "groups": rows}), block_of)


def test_the_same_members_twice_stand_once():
    record = json.loads(files.dump(grouped()))
    record["groups"].append({"name": "other", "members": ["relu"]})
    loaded = files.load(json.dumps(record), block_of)
    assert [group.name for group in loaded.document.groups] == ["block1"]
    assert loaded.remarks == ("The group 'other' was left out: relu is in another group.",)


def test_an_edit_that_changes_no_group_keeps_the_groups_as_they_are():
    document = grouped()
    assert edits.remove_nodes(document, ["output"]).groups is document.groups
    assert replace(document, title="x").groups is document.groups
