"""A user's file is read as text; a document that names one runs nothing."""

import json

import pytest

from explorer.blocks.catalogue import block_of, catalogue
from explorer.graph import custom, edits, files
from explorer.graph.block import Shape
from explorer.graph.custom import Custom, Facts
from explorer.graph.custom_file import FileFault, carried_text, declared, digest
from explorer.graph.document import Document
from explorer.plan.plan import plan

SCALE = '''"""My file."""

from torch import nn


class Scale(nn.Module):
    """Times a number."""

    def __init__(self, by: float = 2.0, times: int = 1, shift: bool = False, width: int):
        super().__init__()

    def forward(self, x):
        return x
'''.replace(", width: int", "")
IMAGE = Shape("image", (1, 28, 28))


@pytest.fixture(autouse=True)
def nothing_known():
    yield
    custom.forget()


def scale(path="/home/me/scale.py", **more):
    values = {"by": 2.0, "times": 1, "shift": False}
    fields = {"class_name": "Scale", "sha256": digest(SCALE.encode()), "path": path}
    return Custom(**fields, arguments=json.dumps(values), **more)


def drawing(block):
    parts = [("input", block_of("input")()), ("mine", block), ("flatten", block_of("flatten")())]
    parts += [("fc1", block_of("linear")(out_features=10)), ("output", block_of("output")())]
    return edits.chain(Document(), parts)


def test_the_signature_is_the_form():
    found = declared(SCALE.encode())
    assert (found.class_name, found.ports, found.about) == ("Scale", 1, "Times a number.")
    assert found.parameters == (("by", 2.0), ("times", 1), ("shift", False))
    types = [(p.name, p.type, p.default) for p in scale().form()]
    assert types == [("by", "float", 2.0), ("times", "int", 1), ("shift", "bool", False)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x = (", "line 1"),
        ("x = 1", "holds 0"),
        (SCALE + SCALE.replace("Scale", "Other"), "holds 2"),
        (SCALE.replace("by: float = 2.0", "by='red'"), "line 9: by should be"),
        (SCALE.replace("by: float = 2.0", "by: float = len('ab')"), "line 9: by should be"),
        (SCALE.replace("by: float = 2.0", "*by"), "line 9: __init__ should name"),
        (SCALE.replace("forward", "go"), "no forward"),
        (SCALE.replace("self, x", "self"), "1 to 8 values"),
        ("#" * 300_000, "200,000 at most"),
        ("\0", "null bytes|not Python source"),  # as this version of Python says it
        (b"\xff", "not Python"),
    ],
)
def test_a_file_that_is_no_block_is_told_with_its_line(text, reason):
    with pytest.raises(FileFault, match=reason):
        declared(text if isinstance(text, bytes) else text.encode())


def test_parameters_without_defaults_begin_at_one():
    text = SCALE.replace("by: float = 2.0", "by: float").replace(", times: int = 1", ", times: int")
    text = text.replace(", shift: bool = False", ", *, shift: bool")
    assert declared(text.encode()).parameters == (("by", 1.0), ("times", 1), ("shift", False))


def test_reading_runs_nothing(tmp_path):
    marker = tmp_path / "ran"
    text = f"open({str(marker)!r}, 'w').close()\n" + SCALE
    declared(text.encode())
    path = tmp_path / "evil.py"
    path.write_text(text)
    block = scale(str(path)).changed({"sha256": digest(text.encode())})
    loaded = files.load(files.dump(drawing(block)), block_of)
    made = plan(loaded.document)
    assert made.problem_of["mine"].trust
    assert not made.ready
    assert not marker.exists()


def test_it_is_not_in_the_palette_but_in_files():
    assert "custom" not in catalogue()
    document = drawing(scale())
    assert files.load(files.dump(document), block_of).document == document
    assert "class Scale" not in files.dump(document)


def test_shapes_wait_for_trust_and_for_a_trial():
    block, document = scale(), drawing(scale())
    problem = plan(document).problem_of["mine"]
    assert "mine needs scale.py (/home/me/scale.py), which you have not trusted" in problem.message
    custom.trust(block.path, block.sha256, SCALE)
    assert "is being tried with 1 x 28 x 28" in plan(document).problem_of["mine"].message
    custom.remember(block, (IMAGE,), "fails in scale.py, line 12: ValueError: no")
    assert "mine fails in scale.py, line 12" in plan(document).problem_of["mine"].message
    custom.remember(block, (IMAGE,), Facts(IMAGE, 3, 4))
    made = plan(document)
    assert made.ready
    assert made.step_of["mine"].weights == 3


def test_another_text_or_another_place_is_not_trusted():
    block = scale()
    custom.trust(block.path, block.sha256, SCALE)
    for other in (scale("/tmp/scale.py"), block.changed({"sha256": "0" * 64})):
        assert custom.text_of(other) is None
        assert plan(drawing(other)).problem_of["mine"].trust


def test_parameters_are_edited_by_their_names():
    document = edits.set_params(drawing(scale()), "mine", {"times": 5})
    assert document.nodes["mine"].block.given == {"by": 2.0, "times": 5, "shift": False}


@pytest.mark.parametrize(
    "field",
    [
        {"arguments": '{"by": "text"}'},
        {"arguments": '{"by=1); import os; (x": 1}'},
        {"arguments": '{"by": NaN}'},
        {"arguments": "[" * 3000},
        {"arguments": "[1]"},
        {"class_name": "Scale()"},
        {"class_name": "__import__"},
        {"sha256": "x"},
        {"ports": 9},
        {"path": "x" * 5000},
    ],
)
def test_a_hostile_document_is_refused_in_words(field):
    record = json.loads(files.dump(drawing(scale())))
    record["nodes"][1]["parameters"].update(field)
    with pytest.raises(files.DocumentError, match="mine"):
        files.load(json.dumps(record), block_of)


def test_what_source_carries_has_no_docstring_of_the_file():
    text = carried_text(SCALE)
    assert text.startswith("from torch import nn")
    assert "class Scale" in text
