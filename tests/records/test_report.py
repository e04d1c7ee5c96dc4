"""The report: one page that fetches and runs nothing, shows what the store holds, and escapes."""

import html
import re
import sys
from html.parser import HTMLParser

import numpy as np
import pytest

from explorer import resources
from explorer.blocks.catalogue import block_of, catalogue
from explorer.graph import files
from explorer.graph.document import Document, Group, Note
from explorer.graph.edits import chain, set_training
from explorer.plan.documents import examples
from explorer.plan.plan import plan
from explorer.protocol.events import EpochDone, HeldOut, Losses, SettingChanged, Started
from explorer.records.exports import ExportError, export_csv, export_report
from explorer.records.report import report
from explorer.records.store import RunStore
from explorer.records.svg_chart import Chart, Line, svg, ticks
from explorer.records.svg_diagram import diagram

STEPS = 30  # an epoch
VERSIONS = {"torch": "2.13.0", "numpy": "2.4.6"}
HOSTILE = (
    "</style></title><script>alert(1)</script><img src=http://evil.example/x onerror='x'>{{7*7}}"
)
VOID = {"meta", "br", "img", "input", "link", "hr"}


class Page(HTMLParser):
    """Elements, their attributes and texts; checks that what is opened is closed."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.cells, self.text = [], [], [], ""
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("td", "th", "dt", "dd", "caption"):
            self.cells.append("")

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data
        if {"td", "th", "dt", "dd", "caption"} & set(self.open):
            self.cells[-1] += data

    def after(self, name):
        """The cell after the one with this text."""
        return self.cells[self.cells.index(name) + 1]


@pytest.fixture
def store(tmp_path):
    store = RunStore.open(tmp_path / "data")
    yield store
    store.close()


def network(**training):
    kinds = catalogue()
    blocks = [kinds["flatten"](), kinds["dropout"](p=0.2), kinds["linear"](out_features=10)]
    row = [kinds["input"](), *blocks, kinds["output"]()]
    drawn = chain(Document(title="Small", dataset="digits-8x8"), [(None, each) for each in row])
    return set_training(drawn, {"epochs": 3, **training})


def kept(store, document=None, epochs=3, shift=0.0, changes=()):
    """A recorded run; its losses are 1 / step + shift."""
    record = store.begin(document or network(), VERSIONS)
    run = record.id
    store.start(run, Started(run, STEPS, STEPS * 3, 2, "CPU, 2 threads", 0, "ab" * 32))
    if epochs:
        steps = np.arange(1, STEPS * epochs + 1)
        values = (1 / steps + shift).astype(np.float32)
        store.add(run, [Losses(run, steps, values, np.float32(1) - values / 2)])
    confusion = np.diag(np.arange(100, 110)).astype(np.int64)
    confusion[3, 5], confusion[7, 1] = 17, 4
    for number in range(1, epochs + 1):
        at, loss = STEPS * number, 0.5 / number + shift
        store.add(
            run,
            [
                HeldOut(run, at, 500, loss, 0.7),
                EpochDone(run, number, at, 0.4, 0.8123, loss, 0.8456, 1.5, confusion),
            ],
        )
    store.add(run, [SettingChanged(run, *change) for change in changes])
    store.end(run, "finished")
    return run


def page_of(store, *runs):
    text = report([(store.run(run), store.curves(run)) for run in runs])
    return Page(text), text


def fetches(page, text):
    """Whatever a browser would load, follow or run."""
    loading = {"src", "href", "xlink:href", "srcset", "data", "action", "background", "poster"}
    found = [
        (tag, name)
        for tag, attributes in page.elements
        for name in attributes
        if name in loading or name.startswith("on")
    ]
    tags = {tag for tag, _ in page.elements}
    found += [(tag, "") for tag in tags & {"script", "link", "iframe", "img", "object", "embed"}]
    found += re.findall(r"url\((?!#)|@import", text)
    return found


# --- what it shows


def test_it_shows_the_figures_of_the_store(store):
    run = kept(store, changes=[(40, "rate", 0.01), (60, "dropout.dropout", 0.5)])
    store.tag(run, ["baseline", "try-2"])
    store.note(run, "Line one.\nLine two.")
    page, text = page_of(store, run)
    record = store.run(run)
    assert page.after("Outcome") == "finished"
    assert page.after("Test accuracy") == "84.56 %"
    assert page.after("Test loss") == f"{record.test_loss:.4f} nats"
    assert page.after("Epochs") == "3 of 3"
    assert page.after("Steps") == "90"
    assert page.after("Weights") == "650"
    assert page.after("Checksum of the samples (SHA-256)") == "ab" * 32
    assert page.after("Device") == "CPU, 2 threads"
    assert page.after("Seed") == "0"
    assert page.after("Version: torch") == "2.13.0"
    assert page.after("optimiser") == "adam"
    assert "0.01 after step 40" in text
    assert "Line one.\nLine two." in text
    assert "baseline" in page.text
    for epoch in store.curves(run).epochs:
        assert f"{epoch.test_loss:.4f}" in page.cells
    assert [name for name in ("flatten", "dropout", "fc1") if name in page.cells] == [
        "flatten", "dropout", "fc1",
    ]  # fmt: skip
    assert "p 0.2" in page.cells


def test_the_confusion_matrix_is_that_of_the_last_epoch(store):
    run = kept(store)
    page, _ = page_of(store, run)
    counts = store.curves(run).epochs[-1].confusion
    shown = [
        int(cell) for cell in page.cells[page.cells.index("recall") :] if re.fullmatch(r"\d+", cell)
    ]
    body = shown[: 11 * 10]  # the class's name, which is a digit, and ten counts a row
    rows = np.array(body).reshape(10, 11)[:, 1:]
    assert (rows == counts).all()
    assert rows.sum() == counts.sum()
    caption = next(cell for cell in page.cells if cell.startswith("Confusion matrix"))
    assert f"{np.trace(counts):,} of\n{counts.sum():,} test samples right" in caption
    assert "3 read as 5: 17 times; 7 read as 1: 4 times" in page.text
    assert f"{100 * 103 / 120:.1f} %" in page.cells  # recall of class 3


def test_curves_have_all_their_lines_and_marks(store):
    run = kept(store, changes=[(40, "rate", 0.01)])
    _, text = page_of(store, run)
    loss = text[text.index("<title>Loss") : text.index("<title>Accuracy")]
    assert loss.count('class="dot s2"') == 3 + 1  # an epoch each, and the key
    assert ">rate 0.01<" in loss
    assert ">epoch<" in loss
    for name in ("training, each step", "test (500 samples)", "test (all 1,066 samples)"):
        assert name in loss


def test_several_runs_are_compared(store):
    runs = [kept(store, network(seed=seed), shift=0.1 * seed) for seed in range(3)]
    runs.append(kept(store, network(rate=0.1), epochs=2))
    page, text = page_of(store, *runs)
    assert "4 runs of Small" in text
    assert "mean of 3 seeds" in text
    losses = [store.run(run).test_loss for run in runs[:3]]
    assert f"{np.mean(losses):.4f} ± {np.std(losses, ddof=1):.4f} nats" in page.text
    assert 'class="band s0"' in text
    assert [page.cells[page.cells.index("rate") + k] for k in (1, 4)] == ["0.001", "0.1"]
    assert text.count('class="diagram"') == 1  # all have the same network
    assert text.count("Confusion matrix after epoch") == 4
    assert not fetches(page, text)


def test_many_runs_are_rows(store):
    runs = [kept(store, network(rate=0.001 * k), epochs=1) for k in range(1, 21)]
    page, text = page_of(store, *runs)
    place = page.cells.index("rate")
    assert page.cells[place - 1] == "run"
    assert page.cells[place + 2 : place + 8] == ["1", "0.001", "84.56 %", "2", "0.002", "84.56 %"]
    assert 'class="name s0"' not in text  # twenty names beside the curves would not fit


def test_a_run_without_a_step_has_settings_and_says_that_it_has_no_curves(store):
    run = store.begin(network(), VERSIONS).id
    store.end(run, "failed", "Out of memory.")
    page, text = page_of(store, run)
    assert "there are no curves" in text
    assert "Out of memory." in page.text
    assert page.after("Outcome") == "failed"


def test_losses_that_are_no_numbers_leave_gaps(store):
    run = store.begin(network(), VERSIONS).id
    values = np.array([1.0, np.nan, 0.5, np.inf], np.float32)
    store.start(run, Started(run, STEPS, STEPS, 1, "CPU", 0, ""))
    store.add(run, [Losses(run, np.arange(1, 5), values, values)])
    confusion = np.zeros((10, 10), np.int64)
    store.add(run, [EpochDone(run, 1, 30, np.nan, 0.1, np.nan, 0.1, 1.0, confusion)])
    store.end(run, "stopped")
    page, text = page_of(store, run)
    drawn = "".join(re.findall(r' d="([^"]*)"', text))
    assert "nan" not in drawn
    assert "inf" not in drawn
    assert page.after("Test loss") == "\u2013"


# --- nothing is fetched, everything is escaped


def test_nothing_is_fetched_or_run(store):
    page, text = page_of(store, kept(store))
    assert not fetches(page, text)
    assert "://" not in text
    policy = next(each for tag, each in page.elements if "http-equiv" in each)
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'"


def test_hostile_words_are_shown_as_they_are(store):
    document = network()
    note = Note("n1", HOSTILE)
    document = Document(
        f"Title {HOSTILE}", document.dataset, document.nodes, document.wires, document.training,
        (Group("part", ("flatten", "dropout")),), (note,),
    )  # fmt: skip
    run, other = kept(store, document), kept(store)
    store.tag(run, [f"tag{HOSTILE.replace(' ', '')}"])
    store.note(run, f"{HOSTILE}\x00\x1b[31m\u202e")
    for runs in ((run,), (run, other)):
        page, text = page_of(store, *runs)
        assert not fetches(page, text)
        assert page.text.count("<script>alert(1)</script>") >= 4
        assert "{{7*7}}" in page.text
        assert "\x00" not in text
        assert "\x1b" not in text


@pytest.mark.parametrize("document", ["{", "[]", '{"format": "architecture-explorer"}'])
def test_a_document_that_cannot_be_read_is_told(store, document):
    run = kept(store)
    record = store.run(run)
    broken = type(record)(
        **{name: getattr(record, name) for name in record.__slots__ if name != "document"},
        document=document,
    )
    text = report([(broken, store.curves(run))])
    assert "The recorded document can&#39;t be read" in text
    assert "84.56 %" in text


# --- its parts


@pytest.mark.parametrize("name", sorted(examples()))
def test_every_example_is_drawn(name):
    made = plan(files.load(examples()[name].read_bytes(), block_of).document)
    drawn = diagram(made)
    page = Page(str(drawn))
    blocks = [each for tag, each in page.elements if each.get("class", "").startswith("block")]
    wires = [each for tag, each in page.elements if each.get("class", "").startswith("wire")]
    assert len(blocks) == len(made.document.nodes)
    assert len(wires) == len(made.document.wires)
    width, height = map(float, page.elements[0][1]["viewbox"].split()[2:])
    for each in blocks:
        assert 0 < float(each["x"]) < width - float(each["width"])
        assert 0 < float(each["y"]) < height - float(each["height"])


def test_an_empty_canvas_has_no_diagram():
    assert diagram(plan(Document())) == ""


def test_long_curves_are_thinned_out_and_keep_their_peaks():
    values = np.zeros(100_000)
    values[54_321] = 7.0
    chart = Chart("x", "nats", (Line("a", np.arange(1, 100_001), values),))
    drawn = svg(chart, 0)
    assert len(drawn) < 20_000
    line = re.search(r'class="line s0 d0" d="([^"]+)"', drawn)[1]
    heights = [float(place.split()[1]) for place in re.split("[ML]", line) if place]
    assert min(heights) < 50 < max(heights)


def test_a_scale_leaves_single_peaks_out_and_says_so():
    values = np.ones(1000)
    values[3] = 1e6
    chart = Chart("x", "nats", (Line("a", np.arange(1, 1001), values, faint=True),))
    assert chart.above == 1


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0.2, 2.4), (85, 100), (1e-7, 3e-7), (-3, 9e9)])
def test_ticks_are_round_and_within(low, high):
    found = ticks(low, high, 5)
    assert 2 <= len(found) <= 7
    assert all(low - 1e-9 * high <= each <= high * (1 + 1e-9) for each in found)


# --- files


def test_a_report_is_written_whole_or_not_at_all(store, tmp_path, monkeypatch):
    run = kept(store)
    path = tmp_path / "report.html"
    assert export_report(store, [run], path) == (path,)
    before = path.read_text(encoding="utf-8")
    assert html.escape("Small, run 1") in before

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ExportError, match=r"report\.html can't be written: No space left"):
        export_report(store, [run], path)
    assert path.read_text(encoding="utf-8") == before
    assert [each.name for each in tmp_path.iterdir() if "report" in each.name] == ["report.html"]


def test_a_place_that_is_none_is_told(store, tmp_path):
    run = kept(store)
    for export in (export_csv, export_report):
        with pytest.raises(ExportError, match="No such file or directory"):
            export(store, [run], tmp_path / "nowhere" / "file")
        with pytest.raises(ExportError, match="can't be written"):
            export(store, [run], tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_stays_a_link(store, tmp_path):
    run = kept(store)
    link, path = tmp_path / "link.csv", tmp_path / "run.csv"
    path.touch()
    link.symlink_to(path)
    export_csv(store, [run], link)
    assert link.is_symlink()
    assert path.read_text().startswith("step,loss")


def test_the_style_sheet_has_the_window_s_colours():
    theme = pytest.importorskip("explorer.ui.kit.theme")
    sheet = resources.path("report", "report.css").read_text(encoding="utf-8")
    schemes = sheet.split("prefers-color-scheme")
    for part, colours in zip(schemes, (theme.LIGHT, theme.DARK), strict=True):
        for place, colour in enumerate(colours.series):
            assert f"--s{place}: {colour};" in part
        for kind, colour in colours.kinds.items():
            assert f"--{kind}: {colour};" in part
        assert f"--text: {colours.text};" in part
