"""The drawing as SVG, PNG and PDF."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from explorer.graph.document import Document
from explorer.graph.groups import fold, make_group
from explorer.graph.notes import add_note
from explorer.plan.documents import examples, read
from explorer.ui.canvas import frame_item, node_painter, note_item
from explorer.ui.canvas.diagram import save_diagram
from explorer.ui.canvas.scene import CanvasScene
from explorer.ui.kit.colour_maps import table
from explorer.ui.kit.theme import Theme
from explorer.ui.session.store import Selection, Store
from tests.ui.canvas.conftest import row


@pytest.fixture
def document():
    return read(examples()["tutorial-cnn"]).document


def test_svg_is_sound_and_its_text_is_text(qtbot, document, tmp_path):
    path = tmp_path / "net.svg"
    save_diagram(document, path)
    tree = ElementTree.parse(path)
    words = {"".join(e.itertext()).strip() for e in tree.iter() if e.tag.endswith("}text")}
    assert set(document.nodes) <= words
    assert "32 x 28 x 28" in words
    assert not [e for e in tree.iter() if e.tag.endswith("}image")], "lines, not pixels"
    assert document.title in path.read_text(encoding="utf-8")


def test_png_is_light_and_sharp(qtbot, document, tmp_path):
    path = tmp_path / "net.PNG"
    save_diagram(document, path)
    picture = QImage(str(path))
    assert picture.pixelColor(2, 2).name() == "#ffffff"
    assert picture.width() > 1500
    rows = [picture.height() // part for part in (4, 3, 2)]
    seen = {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in rows}
    assert len(seen) > 5, "something is drawn"


def test_pdf_is_one_page_of_the_drawings_size(qtbot, document, tmp_path):
    path = tmp_path / "net.pdf"
    save_diagram(document, path)
    data = path.read_bytes()
    assert data.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page[^s]", data)) == 1
    _, _, right, bottom = map(float, re.search(rb"/MediaBox \[([^\]]*)\]", data)[1].split())
    assert right > bottom > 100
    assert b"/FontFile" in data or b"/FontDescriptor" in data, "text is text"


def test_what_can_not_be_written_is_told(qtbot, document, tmp_path):
    with pytest.raises(ValueError, match="none of"):
        save_diagram(document, tmp_path / "net.bmp")
    with pytest.raises(ValueError, match="empty"):
        save_diagram(Document(), tmp_path / "net.svg")
    with pytest.raises(OSError, match="No such file"):
        save_diagram(document, tmp_path / "nowhere" / "net.svg")
    assert not list(tmp_path.iterdir())


@pytest.fixture
def thumbnails(qtbot, document):
    """Of every block, as a trained network would show them."""
    scene = CanvasScene(Store(document), Selection(), Theme())
    ramp = np.linspace(-1, 1, 36, dtype=np.float32).reshape(6, 6)
    scene.set_thumbnails(dict.fromkeys(document.nodes, ramp))
    return scene.thumbnails()


def test_thumbnails_leave_with_the_picture(document, thumbnails, tmp_path):
    assert set(thumbnails) == set(document.nodes)
    path = tmp_path / "net.svg"
    save_diagram(document, path, thumbnails)
    images = [e for e in ElementTree.parse(path).iter() if e.tag.endswith("}image")]
    assert len(images) == len(document.nodes)
    assert all(float(e.get("width")) > 40 for e in images), "the pixels of a map stay squares"
    plain, full = tmp_path / "plain.png", tmp_path / "full.png"
    save_diagram(document, plain)
    save_diagram(document, full, thumbnails)
    blue = table("signed")[0].astype(int)
    found = np.abs(pixels(full) - blue).max(2) < 3
    assert found.sum() > 100
    assert not (np.abs(pixels(plain) - blue).max(2) < 3).any()


def pixels(path):
    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB888)
    raw = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return raw[:, : image.width() * 3].reshape(image.height(), image.width(), 3).astype(int)


def test_what_only_a_hand_needs_stays_behind(qtbot, tmp_path, monkeypatch):
    """Grips of notes, signs that fold, rings of ports, hints in empty notes."""
    document = row("input", "conv2d", "relu", "output")
    document, name = make_group(document, ["conv1"])
    document, _ = make_group(document, ["relu"])
    document, _ = add_note(fold(document, name), "", 0.0, 300.0)
    signs = []
    for module in (frame_item, node_painter):
        monkeypatch.setattr(module, "paint_fold_sign", lambda *_, **__: signs.append("fold"))
    monkeypatch.setattr(node_painter.NodePainter, "_port", lambda *_: signs.append("port"))
    monkeypatch.setattr(note_item, "EMPTY", "an empty note's hint")
    save_diagram(document, tmp_path / "net.svg")
    text = (tmp_path / "net.svg").read_text(encoding="utf-8")
    assert signs == []
    assert "hint" not in text
    scene = CanvasScene(Store(document), Selection(), Theme())
    picture = QImage(800, 600, QImage.Format.Format_RGB32)
    painter = QPainter(picture)
    scene.render(painter)
    painter.end()
    assert {"fold", "port"} <= set(signs), "on the canvas they are there"


@pytest.mark.parametrize("factor", [0.75, 1.0, 2.0])
def test_a_picture_is_the_same_whatever_the_size_of_text(qtbot, document, tmp_path, factor):
    font, before = QApplication.font(), QApplication.font().pointSizeF()
    font.setPointSizeF(before * factor)
    QApplication.setFont(font)
    try:
        save_diagram(document, tmp_path / "net.svg")
    finally:
        font.setPointSizeF(before)
        QApplication.setFont(font)
    words = "".join(ElementTree.parse(tmp_path / "net.svg").getroot().itertext())
    assert "Conv2d" in words
    assert "32 x 28 x 28" in words


def test_a_picture_has_a_legend_of_its_wires(qtbot, document, tmp_path):
    save_diagram(document, tmp_path / "net.svg")
    tree = ElementTree.parse(tmp_path / "net.svg")
    words = {"".join(e.itertext()).strip() for e in tree.iter() if e.tag.endswith("}text")}
    assert {"image", "vector"} <= words
    assert "sequence" not in words
