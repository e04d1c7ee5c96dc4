"""Every reader meets thousands of damaged files: it reads, or says what is wrong; never else."""

import hashlib
import json
import lzma
import random
import resource
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from PySide6.QtWidgets import QMainWindow, QPushButton, QWidget

from explorer import resources
from explorer.blocks.catalogue import block_of, catalogue
from explorer.datasets import stored
from explorer.datasets.dataset import DatasetError
from explorer.engine.checkpoints.weights import FORMAT, WeightsError
from explorer.engine.checkpoints.weights import read as read_weights
from explorer.engine.run.session import Session
from explorer.graph import custom, edits, groups
from explorer.graph.custom_file import FileFault, carried_text, declared, digest
from explorer.graph.document import Document, Note
from explorer.graph.files import DocumentError, dump, load
from explorer.plan.documents import examples, read
from explorer.plan.plan import plan
from explorer.ui.dialogs.custom import TRUSTED, CustomFiles, UserFile, _block
from explorer.ui.kit.theme import Theme
from explorer.ui.palette.library import Library
from explorer.ui.session.files import Files
from explorer.ui.session.messages import MessageBar
from explorer.ui.session.runs import DECLINED, LOST, number_of
from explorer.ui.session.store import Store
from explorer.ui.window.docks import BOTTOM, Docks
from tests.damage import damaged, odd_json
from tests.engine.making import cnn

SLOWEST_S = 5.0  # of computing, for one file
MOST_BYTES = 300_000_000  # that the process may grow by


@pytest.fixture(params=["usual", pytest.param("soak", marks=pytest.mark.soak)])
def many(request):
    """How many inputs, by how many there are in a usual run; none may be slow or greedy."""

    def counted(usual, soak=20_000):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        count = usual if request.param == "usual" else soak
        for number in range(count):
            began = time.process_time()
            yield random.Random(number)
            assert time.process_time() - began < SLOWEST_S, f"input {number} was slow"
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
        assert grown < MOST_BYTES

    return counted


def clear(error):
    """The message is a sentence for people."""
    assert 10 < len(str(error)) < 2_000


def drawn() -> Document:
    """Everything that a document can hold."""
    document = read(examples()["tutorial-cnn"]).document
    names = list(document.nodes)
    document, name = groups.make_group(document, names[1:3])
    note = Note("note1", "Ein “Zettel” 网络", 3.0, 4.0)
    return replace(groups.fold(document, name), notes=(note,))


def spoiled(content: bytes, draw: random.Random) -> bytes:
    return odd_json(content, draw) if draw.random() < 0.5 else damaged(content, draw)


def otherwise_encoded(content: bytes, draw: random.Random) -> bytes:
    """As another program or a disk leaves texts: halves of characters, another encoding."""
    text = content.decode("utf-8", "surrogateescape")
    for _ in range(draw.randrange(3)):
        at = draw.randrange(len(text) + 1)
        text = text[:at] + draw.choice("\ud800\udbff\udc00\udfff") + text[at:]
    return text.encode(draw.choice(["utf-8", "utf-16", "utf-16-be", "utf-32"]), "surrogatepass")


def strange() -> bytes:
    """Blocks that nobody knows, with parameters of every sort."""
    record = json.loads(dump(drawn()))
    for row in record["nodes"][2:]:
        row["kind"] = "quantum"
        row["parameters"] |= {"a": [1, {"b": 2.5}], "ü": "x", "c": None}
    return json.dumps(record).encode()


def test_documents(many):
    texts = [dump(drawn()).encode(), dump(read(examples()["tutorial-lstm"]).document).encode()]
    texts.append(strange())
    opened = refused = 0
    for draw in many(2_000):
        content = spoiled(draw.choice(texts), draw)
        if draw.random() < 0.2:
            content = otherwise_encoded(content, draw)
        try:
            loaded = load(content, block_of)
        except DocumentError as error:
            clear(error)
            refused += 1
        else:
            plan(loaded.document)
            saved = dump(loaded.document).encode()
            assert load(saved, block_of).document == loaded.document
            opened += 1
    assert opened > 20
    assert refused > 20


def test_weights(many, tmp_path):
    session = Session(cnn(), "cpu")
    whole, file = tmp_path / "whole.safetensors", tmp_path / "damaged.safetensors"
    session.save(whole)
    content = whole.read_bytes()
    header = 8 + int.from_bytes(content[:8], "little")
    expected = {name: value.clone() for name, value in session.network.state_dict().items()}
    refused = 0
    for draw in many(1_500):
        if draw.random() < 0.4:  # the header alone, which says where everything lies
            record = odd_json(content[8:header], draw)
            spoilt = len(record).to_bytes(8, "little") + record + content[header:]
        else:
            spoilt = damaged(content, draw, header)
        file.write_bytes(spoilt)
        try:
            session.load(file)
        except WeightsError as error:
            clear(error)
            refused += 1
        else:
            if read_weights(file)[1].get("format") != FORMAT:  # what is left is another program's
                session.network.load_state_dict(expected)
        now = session.network.state_dict()
        assert all(torch.equal(expected[name], now[name]) for name in expected)
    assert refused > 400


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A copy of the small digits' files, which a test may damage."""
    folder = tmp_path / "datasets" / "digits-8x8"
    folder.mkdir(parents=True)
    source = resources.path("datasets")
    for file in (source / "digits-8x8").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    (tmp_path / "datasets" / "SOURCES.json").write_bytes((source / "SOURCES.json").read_bytes())
    monkeypatch.setattr(resources, "root", lambda: tmp_path)
    return folder


def test_datasets(many, shelf):
    """A file that is not as recorded is refused; so is a record that makes no sense."""
    files = {file: file.read_bytes() for file in shelf.glob("*.xz")}
    record = shelf.parent / "SOURCES.json"
    listed = record.read_bytes()
    refused = 0
    for draw in many(400):
        if draw.random() < 0.5:
            file = draw.choice(sorted(files))
            whole, spoilt = files[file], damaged(files[file], draw)
        else:
            file, whole, spoilt = record, listed, spoiled(listed, draw)
        file.write_bytes(spoilt)
        try:
            stored.stored_content("digits-8x8", draw.choice([*files]).name)
            stored.arrays("digits-8x8")
        except DatasetError as error:
            clear(error)
            refused += 1
        file.write_bytes(whole)
    assert refused > 200


def test_datasets_whose_checksum_is_right(many, shelf):
    """What unpacks to nonsense, recorded as it is."""
    file, record = shelf / "test-images.idx.xz", shelf.parent / "SOURCES.json"
    packed, listed = file.read_bytes(), json.loads(record.read_bytes())
    raw = lzma.decompress(packed)[:2_000]
    for draw in many(300):
        kind = draw.randrange(3)
        if kind == 0:
            spoilt = damaged(packed, draw, 100)
        elif kind == 1:
            spoilt = lzma.compress(damaged(raw, draw, 20), preset=0)
        else:
            sizes = [draw.choice([0, 1, 7, 2**16, 2**31, 2**32 - 1]) for _ in range(3)]
            header = b"\0\0\x08\x03" + b"".join(size.to_bytes(4, "big") for size in sizes)
            spoilt = lzma.compress(header + raw[: draw.randrange(200)], preset=0)
        file.write_bytes(spoilt)
        sha256 = hashlib.sha256(spoilt).hexdigest()
        listed["datasets"]["digits-8x8"]["files"][file.name]["sha256"] = sha256
        record.write_text(json.dumps(listed))
        try:
            stored.pictures(stored.stored_content("digits-8x8", file.name))
        except DatasetError as error:
            clear(error)


OWN_BLOCK = '''"""A block."""
from __future__ import annotations

import torch
from torch import nn


class Scale(nn.Module):
    """Makes larger."""

    def __init__(self, by: float = 2.0, times: int = 1, *, shift: bool = False, width: int):
        super().__init__()
        self.by = by

    def forward(self, x, y, z=(1, 2)):
        return [x * self.by for each in (1, 2)][0] + y
'''
FORMULAS = ["{[]: 1}", "1e999", "10**9", "9" * 5_000, "[" * 300, "-" * 3_000 + "1", "{**{}}", "()"]
FORMULAS += ["f'{x}'", "lambda: 1", "b''", "1j", "-True", "'" + "x" * 9_000 + "'", "1 if 1 else 2"]


def test_custom_files(many):
    read_well = 0
    for draw in many(2_000):
        text = OWN_BLOCK
        for place in ("2.0", "1,", "False", "(1, 2)", "nn.Module", "float"):
            if draw.random() < 0.15:
                text = text.replace(place, draw.choice(FORMULAS) + "," * place.endswith(","), 1)
        content = damaged(text.encode(), draw, 600) if draw.random() < 0.7 else text.encode()
        try:
            found = declared(content)
        except FileFault as error:
            clear(error)
        else:
            block = _block(UserFile("/mine.py", digest(content), content.decode(), found))
            assert len(block.form()) == len(found.parameters)
            carried_text(content.decode())
            read_well += 1
    assert read_well > 50


def kept_block() -> str:
    document = edits.chain(
        Document(title="Own"), [(None, catalogue()[kind]()) for kind in ("relu", "tanh")]
    )
    document, name = groups.make_group(document, tuple(document.nodes), "own")
    return dump(groups.fold(document, name))


def test_own_blocks(many, qtbot, tmp_path):
    content, file = kept_block().encode(), tmp_path / "own.json"
    usable = 0
    for draw in many(500):
        file.write_bytes(spoiled(content, draw))
        library = Library(tmp_path)
        (entry,) = library.entries
        assert bool(entry.text) != bool(entry.fault)
        assert entry.path == file
        if entry.text:
            kept = load(entry.text, block_of).document
            assert load(dump(kept).encode(), block_of).document == kept
            usable += 1
    assert usable > 10


@pytest.fixture
def desk(qtbot, tmp_path, monkeypatch):
    """A store and a message bar, with autosaved copies in a folder of the test's own."""
    folder = tmp_path / "autosave"
    folder.mkdir()
    monkeypatch.setattr("explorer.ui.session.files._autosave_folder", lambda: folder)
    bar = MessageBar(Theme())
    qtbot.addWidget(bar)
    return Store(), bar, folder


def test_autosaved_copies(many, desk, tmp_path):
    store, bar, folder = desk
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    content = dump(drawn()).encode()
    brought_back = refused = 0
    for draw in many(120, soak=2_000):
        copy = folder / "1-abc.json"
        copy.write_bytes(spoiled(content, draw))
        files = Files(store, bar, settings)
        before = store.document
        files.offer_recovery()
        buttons = [b for b in bar.findChildren(QPushButton) if b.text() == "Restore"]
        buttons[-1].click()  # those of earlier messages are still on their way out
        if store.document is before:
            assert len(bar.text) > 10
            assert copy.exists()  # nothing is thrown away
            refused += 1
        else:
            assert files.save_to(tmp_path / "saved.json")
            assert read(tmp_path / "saved.json").document == store.document
            brought_back += 1
        store.open(Document())
        files.close()
        for left in folder.iterdir():
            left.unlink()
        bar.close_message()
        files.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert brought_back
    assert refused


def written_settings(tmp_path: Path) -> bytes:
    """As the program leaves them."""
    file = tmp_path / "written.ini"
    settings = QSettings(str(file), QSettings.Format.IniFormat)
    window, settings_of = QMainWindow(), settings
    docks = Docks(window, settings_of)
    docks.add(QWidget(objectName="curvesPanel"), "Curves", BOTTOM)
    docks.remember()
    settings.setValue("theme", "dark")
    settings.setValue("recent", ["/a.json", "/b.json"])
    settings.setValue(DECLINED, 12)
    settings.setValue(TRUSTED, json.dumps([["/mine.py", digest(b"x")]]))
    settings.sync()
    window.close()
    window.deleteLater()
    return file.read_bytes()


def odd_setting(draw: random.Random) -> bytes:
    """A value of another kind than the program writes."""
    key = draw.choice(["theme", "recent", DECLINED, TRUSTED, "docks", "geometry", "front"])
    values = [
        "[1, 2]",
        "[[1, 2]]",
        '[["a", "b"], null]',
        "[[[[",
        "x",
        "-1",
        "@Invalid()",
        "@ByteArray(x)",
    ]
    values += ["@Variant(\\0\\0\\0\\x7f)", "1e999", '["\\0", "\\0"]', "9" * 5_000, "@Rect(1 2 3 4)"]
    value = draw.choice(values)
    return f"[General]\n{key}={value}\n".encode()


@pytest.mark.qt_log_ignore("^QVariant::load: ", "^QDataStream", extend=True)
def test_settings(many, desk, tmp_path):
    store, bar, _ = desk
    content = written_settings(tmp_path)
    file = tmp_path / "settings.ini"
    window = QMainWindow()
    for draw in many(150, soak=5_000):
        file.write_bytes(odd_setting(draw) if draw.random() < 0.3 else damaged(content, draw))
        settings = QSettings(str(file), QSettings.Format.IniFormat)
        files = Files(store, bar, settings)
        assert all(isinstance(path, Path) for path in files.recent)
        assert min(number_of(settings, key) for key in (DECLINED, LOST)) >= 0
        CustomFiles(window, store, bar, settings, lambda command: None).deleteLater()
        docks = Docks(window, settings)
        docks.restore()
        files.close()
        files.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    window.close()
    window.deleteLater()
    custom.forget()


def test_a_damaged_arrangement_is_not_given_to_qt(qtbot, tmp_path):
    """Qt ends the program over some of them."""
    file = tmp_path / "whole.ini"
    file.write_bytes(written_settings(tmp_path))
    settings = QSettings(str(file), QSettings.Format.IniFormat)
    window = QMainWindow()
    qtbot.addWidget(window)
    docks = Docks(window, settings)
    docks.add(QWidget(objectName="curvesPanel"), "Curves", BOTTOM)
    assert docks.restore()
    settings.setValue("docks", settings.value("docks")[:-4])
    assert not docks.restore()
