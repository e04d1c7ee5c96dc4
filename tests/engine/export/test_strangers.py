"""What leaves the program is read by strangers: no place of this machine, no note, no foreign name.

And what can't leave as ONNX says which block that is, and why.
"""

import json
import logging
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from explorer.blocks.catalogue import block_of
from explorer.datasets.catalogue import load
from explorer.engine.export.failure import ExportError
from explorer.engine.export.onnx_blame import blamed
from explorer.engine.export.onnx_stand_ins import with_stand_ins
from explorer.engine.export.run import FORMATS, export
from explorer.engine.network.build import initial_network
from explorer.engine.network.custom import trial
from explorer.graph import custom
from explorer.graph.block import Shape
from explorer.graph.custom import Custom
from explorer.graph.custom_file import declared, digest
from explorer.graph.document import Document, Note
from explorer.graph.edits import add_node, chain
from explorer.graph.files import dump
from explorer.graph.files import load as read
from explorer.graph.groups import make_group
from explorer.graph.published import published
from explorer.plan.plan import plan
from explorer.records.exports import export_csv, export_report, export_tensorboard
from explorer.records.store import RunStore
from tests.making import block
from tests.records.making import losses, started

IMAGE = Shape("image", (1, 8, 8))
SECRET = "between-us-only"
SCALE = """
import torch
from torch import nn


class Scale(nn.Module):
    def __init__(self, gain: float = 2.0):
        super().__init__()
        self.gain = gain
        self.pool = nn.Sequential(nn.AdaptiveMaxPool2d(4))

    def forward(self, x):
        return {body}
"""


@pytest.fixture(autouse=True)
def nothing_known():
    yield
    custom.forget()


def user_file(body="self.pool(x) * self.gain", folder=None) -> Custom:
    text = SCALE.format(body=body)
    found = declared(text.encode())
    made = Custom(
        path=str((folder or Path.home()) / "scale.py"),
        class_name="Scale",
        sha256=digest(text.encode()),
        ports=found.ports,
        arguments=json.dumps(dict(found.parameters)),
    )
    custom.trust(made.path, made.sha256, text)
    custom.remember(made, (IMAGE,), trial(made, (IMAGE,)))
    return made


def drawing(*layers, group=()) -> Document:
    parts = [("input", block("input")), *layers, ("flatten", block("flatten"))]
    parts += [("fc", block("linear", out_features=10)), ("output", block("output"))]
    drawn = chain(Document(title="Net", dataset="digits-8x8"), parts)
    return make_group(drawn, set(group), "stem")[0] if group else drawn


def exported(drawn: Document, form: str, folder: Path):
    made = plan(drawn)
    assert made.ready, made.problems
    network = initial_network(made).eval()
    data = load(made.dataset.id)
    return export(network, made, data, form, folder / "net", lambda doing: None)


def personal(folder=None) -> Document:
    """A user's file, a note, and a block on the side that is nobody's business."""
    drawn = drawing(("scale", user_file(folder=folder)), group={"scale"})
    drawn, _ = add_node(drawn, user_file("x", folder), name="attempt")
    return replace(drawn, notes=(Note("note1", SECRET, 0.0, 0.0),))


def assert_silent(files, *traces) -> None:
    files = list(files)
    assert files
    for file in files:
        content = file.read_bytes()
        for trace in (str(Path.home()), SECRET, *traces):
            assert trace.encode() not in content, f"{trace} in {file.name}"


@pytest.mark.parametrize("form", FORMATS)
def test_no_exported_file_tells_of_this_machine(form, tmp_path):
    if form == "onnx":
        pytest.importorskip("onnxruntime")
    files, samples, difference = exported(personal(), form, tmp_path)
    assert samples
    assert difference <= 1e-5
    assert_silent(files, "attempt", sys.prefix, str(Path(__file__).parents[3]))


@pytest.mark.parametrize("trusted", [True, False])
def test_no_report_tells_of_this_machine(trusted, tmp_path):
    store = RunStore.open(tmp_path / "data")
    runs = []
    for name in ("one", "two"):
        drawn = replace(personal(Path.home() / name), notes=())  # a report shows notes
        runs.append(store.begin(drawn, {}).id)
        store.start(runs[-1], started(runs[-1]))
        store.add(runs[-1], [losses(1, 5, runs[-1])])
    if not trusted:
        custom.forget()
    out = tmp_path / "out"
    out.mkdir()
    export_report(store, runs, out / "runs.html")
    export_csv(store, runs, out / "runs.csv")
    export_tensorboard(store, runs, out / "logs")
    store.close()
    assert_silent(file for file in out.rglob("*") if file.is_file())


def test_adaptive_max_pooling_leaves_from_within_a_group_in_a_file_of_ours(tmp_path):
    """Neither the exporter's name nor lines of its source are in it."""
    pytest.importorskip("onnxruntime")
    onnx = pytest.importorskip("onnx")
    pool = block("adaptive_pool2d", operation="max", height=4, width=4)
    drawn = drawing(
        ("conv", block("conv2d", out_channels=4)), ("pool", pool), group={"conv", "pool"}
    )
    files, _, difference = exported(drawn, "onnx", tmp_path)
    assert [file.name for file in files] == ["net.onnx"]
    assert difference <= 1e-5
    model = onnx.load(files[0])
    assert model.producer_name == "architecture-explorer"
    assert model.producer_version != torch.__version__
    assert {entry.key: entry.value for entry in model.metadata_props}["title"] == "Net"
    assert_silent(files, ".py", sys.prefix)


@pytest.mark.parametrize("pool", [nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d])
@pytest.mark.parametrize("size", [3, (2, 5), (None, 4), (3, None)])
def test_stand_ins_are_put_at_every_depth_and_under_every_name(pool, size):
    layer = pool(size)
    network = nn.Sequential(nn.Sequential(nn.Sequential(layer), nn.ReLU()), layer, layer)
    x = torch.randn(2, 3, 7, 9)
    wanted = network(x)
    found = with_stand_ins(network)
    assert not any(isinstance(each, pool) for each in found.modules())
    torch.testing.assert_close(found(x), wanted)


@pytest.fixture
def quiet_exporter():
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


def test_what_has_no_onnx_is_named_with_its_reason(quiet_exporter, tmp_path):
    pytest.importorskip("onnxruntime")
    odd = user_file("torch.linalg.svdvals(x)[:, :, None, :]")
    drawn = drawing(("relu", block("relu")), ("odd", odd), group={"relu", "odd"})
    with pytest.raises(ExportError) as caught:
        exported(drawn, "onnx", tmp_path)
    told = str(caught.value)
    assert "odd (Custom block)" in told
    assert "svd" in told
    assert "\n" not in told
    assert list(tmp_path.iterdir()) == []


@pytest.mark.filterwarnings("ignore")  # the exporter's own
@pytest.mark.parametrize(
    ("body", "node", "reason"),
    [
        ("x * 2 if float(x.sum()) > 1e9 else x", "odd (Custom block)", "GuardOnDataDependent"),
        ("self.pool(x)", "The network", "ValueError: only together"),
    ],
)
def test_where_no_block_fails_alone_the_network_is_named(body, node, reason, quiet_exporter):
    pytest.importorskip("onnxruntime")
    made = plan(drawing(("relu", block("relu")), ("odd", user_file(body))))
    network = initial_network(made).eval()
    error = ValueError("only together")
    told = blamed(network, made, torch.randn(3, *made.dataset.shape.dims), error)
    assert told.startswith(node)
    assert reason in told


def test_a_published_document_still_opens():
    for home in ("/home/me/", "C:\\Users\\me\\"):
        drawn = drawing(("scale", user_file().changed({"path": f"{home}scale.py"})))
        opened = read(dump(published(drawn)), block_of)
        assert not opened.remarks
        assert opened.document.nodes["scale"].block.path == "scale.py"
        assert opened.document.wires == drawn.wires
