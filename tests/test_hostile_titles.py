"""A law: whatever a title or a note holds, every picture and page of it is well-formed."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from PySide6.QtWidgets import QLabel

from explorer.datasets.catalogue import load as arrays_of
from explorer.engine.export.run import export
from explorer.engine.network.build import Network
from explorer.graph.document import Document, Note
from explorer.graph.edits import set_title
from explorer.graph.limits import LONGEST_TITLE
from explorer.plan.documents import examples, read
from explorer.plan.plan import plan
from explorer.plan.source import source
from explorer.records.exports import export_report, folder_name
from explorer.records.recorder import RunRecorder
from explorer.records.store import RunStore
from explorer.ui.canvas.diagram import save_diagram
from explorer.ui.kit.take_away import save_svg
from tests.engine.making import block, planned
from tests.records.making import an_epoch, started

TITLES = [
    "".join(map(chr, range(32))),
    "\x7f\x80\x9f\u2028\u2029",
    "\ufffe\uffff\U0001ffff",
    "</title><script>alert(1)</script>]]><!--&amp;&#0;",
    "../../x\n\r\t\x00",
    '"""\nimport os\n"""\\',
    "\u202e\u0000\u200b",
    "🎉" * 600,
]


def drawn(title: str) -> Document:
    """With the title everywhere that people write; made by hand, past what editing allows."""
    document = planned(block("flatten"), block("linear", out_features=10)).document
    return replace(document, title=title, notes=(Note("note1", title, 0.0, -200.0),))


@pytest.mark.parametrize("title", TITLES)
def test_editing_and_opening_clean_a_title(title):
    cleaned = set_title(Document(), title).title
    assert not re.search(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]", cleaned)
    assert len(cleaned) <= LONGEST_TITLE
    assert set_title(Document(), cleaned).title == cleaned


@pytest.mark.parametrize("title", TITLES)
def test_the_diagram_is_well_formed(qtbot, tmp_path, title):
    save_diagram(drawn(title), tmp_path / "net.svg")
    tree = ElementTree.parse(tmp_path / "net.svg")
    assert tree.getroot().tag.endswith("svg")
    assert not [each for each in tree.iter() if each.tag.endswith("script")]
    for ending in ("png", "pdf"):
        save_diagram(drawn(title), tmp_path / f"net.{ending}")
        assert (tmp_path / f"net.{ending}").stat().st_size > 1_000


@pytest.mark.parametrize("title", TITLES)
def test_a_panels_picture_is_well_formed(qtbot, tmp_path, title):
    label = QLabel(title)
    qtbot.addWidget(label)
    save_svg(label, tmp_path / "panel.svg", title)
    ElementTree.parse(tmp_path / "panel.svg")


@pytest.mark.parametrize("title", TITLES)
def test_the_report_is_well_formed_and_its_pictures_too(tmp_path, title):
    store = RunStore.open(tmp_path / "store")
    recorder = RunRecorder(store, lambda problem: None)
    run = recorder.begin(1, drawn(title)).id
    for event in (started(), *an_epoch(1)):
        recorder.take(event)
    recorder.end("failed", title)
    store.note(run, title)
    (path,) = export_report(store, [run], tmp_path / "run.html")
    folder = folder_name(store.run(run))
    recorder.close()
    page = path.read_text(encoding="utf-8")
    pictures = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert pictures
    for each in pictures:
        ElementTree.fromstring(each)
    assert "<script" not in page
    assert re.fullmatch(r"run1[a-z0-9-]*", folder)


@pytest.mark.parametrize("title", TITLES)
def test_the_source_is_python_and_the_export_has_the_title(tmp_path, title):
    made = plan(drawn(title))
    compile(source(made), "exported", "exec")
    files, _, difference = export(
        Network(made).eval(),
        made,
        arrays_of("digits-8x8"),
        "pt",
        tmp_path / "net.pt",
        lambda doing: None,
    )
    assert (difference, files) == (0.0, (tmp_path / "net.pt",))


@pytest.mark.slow
@pytest.mark.parametrize("title", [TITLES[0], TITLES[3]])
def test_onnx_holds_a_title_that_can_be_read(tmp_path, title):
    onnx = pytest.importorskip("onnx")
    made = plan(drawn(title))
    path = tmp_path / "net.onnx"
    network = Network(made).eval()
    (file,), *_ = export(network, made, arrays_of("digits-8x8"), "onnx", path, lambda doing: None)
    told = {each.key: each.value for each in onnx.load(file).metadata_props}
    assert told["title"] == set_title(Document(), title).title


def test_every_example_keeps_its_title():
    for path in examples().values():
        document = read(path).document
        assert set_title(document, document.title) == document
