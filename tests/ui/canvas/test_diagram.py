"""The drawing as SVG, PNG and PDF."""

import re
from xml.etree import ElementTree

import pytest
from PySide6.QtGui import QImage

from explorer.graph.document import Document
from explorer.plan.documents import examples, read
from explorer.ui.canvas.diagram import save_diagram


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
    row = {picture.pixelColor(x, picture.height() // 3).name() for x in range(picture.width())}
    assert len(row) > 5, "something is drawn"


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
