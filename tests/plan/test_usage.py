"""What exported source holds beside the network: pictures are read as meant, or refused."""

import ast
import struct
import zlib
from pathlib import Path

import pytest
import torch
from PySide6.QtGui import QColor, QImage

from explorer.datasets.catalogue import datasets, load
from explorer.graph.edits import set_dataset
from explorer.plan.documents import examples, read
from explorer.plan.plan import plan
from explorer.plan.png import read_png
from explorer.plan.source import network_name, source
from tests.blocks.cases import LAYERS, accepted, long_vector, mended, side_by_side
from tests.blocks.test_source_text import SHAPES, variants
from tests.plan.test_source import (
    assert_left_alone,
    assert_nothing_hidden,
    example,
    ready,
    residual,
    run_source,
)


@pytest.fixture(scope="module", params=["digits-8x8", "mnist"])
def file(request):
    """An exported file's names, its dataset and the network of each."""
    made = ready(residual() if request.param == "digits-8x8" else example("tutorial-cnn"))
    assert made.dataset.id == request.param
    names = run_source(source(made))
    torch.manual_seed(0)
    return names, made.dataset, names[network_name(made)]().eval()


def samples(dataset, count=6) -> torch.Tensor:
    return torch.tensor(load(dataset.id).test_inputs[:count])


def test_whole_numbers_and_shares_are_the_same_pictures(file):
    names, dataset, model = file
    whole = samples(dataset)
    wanted = names["preprocess"](whole)
    torch.testing.assert_close(wanted, (whole / dataset.scale - dataset.mean) / dataset.std)
    for same in (whole.int(), whole.long(), whole.numpy(), whole / dataset.scale):
        torch.testing.assert_close(names["preprocess"](same), wanted)
    shares = (whole / dataset.scale).double()
    torch.testing.assert_close(names["preprocess"](shares), wanted)
    assert names["predict"](model, whole)[0][0] == names["predict"](model, shares)[0][0]


def test_black_and_white_is_not_nearly_black(file):
    names, dataset, _ = file
    bits = samples(dataset) > dataset.scale / 2
    assert torch.equal(names["preprocess"](bits), names["preprocess"](bits.float()))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda whole, scale: whole.float(),
        lambda whole, scale: whole / scale * 2 - 1,
        lambda whole, scale: whole.int() * 300,
        lambda whole, scale: -whole.int(),
        lambda whole, scale: whole / scale + float("nan"),
        lambda whole, scale: (whole / scale - 0.3) / 0.4,
    ],
    ids=["floats to 255", "-1 to 1", "too large", "negative", "nan", "normalised"],
)
def test_other_values_are_refused(file, spoil):
    names, dataset, _ = file
    with pytest.raises(ValueError, match="expected values from 0 to"):
        names["preprocess"](spoil(samples(dataset), dataset.scale))


def test_shapes_that_mean_one_thing_are_taken(file):
    names, dataset, _ = file
    _, height, width = dataset.shape.dims
    preprocess = names["preprocess"]
    for shape in [(height, width), (1, height, width), (1, 1, height, width)]:
        assert preprocess(torch.zeros(shape)).shape == (1, 1, height, width)
    for count in (0, 1, 2, 3, 4, 7):
        assert len(preprocess(torch.zeros(count, 1, height, width))) == count
    assert len(preprocess(torch.zeros(7, height, width))) == 7


@pytest.mark.parametrize("count", [2, 3, 4])
def test_what_may_be_one_picture_in_colours_is_refused_with_a_way_out(file, count):
    names, dataset, _ = file
    _, height, width = dataset.shape.dims
    with pytest.raises(ValueError, match=rf"\({count}, .* colours.*\(N, 1, {height}, {width}\)"):
        names["preprocess"](torch.zeros(count, height, width))


@pytest.mark.parametrize("lead", [(3, 3), (7, 4), (2, 1, 1), (1, 5, 1)])
def test_other_shapes_are_refused(file, lead):
    names, dataset, _ = file
    with pytest.raises(ValueError, match="expected"):
        names["preprocess"](torch.zeros(*lead, *dataset.shape.dims[1:]))


@pytest.mark.parametrize("kind", [torch.float64, torch.bfloat16])
def test_predict_follows_the_model(file, kind):
    names, dataset, _ = file
    model = run_source_again(names).to(kind)
    assert len(names["predict"](model, samples(dataset))) == 6


def run_source_again(names):
    (network,) = [v for v in names.values() if isinstance(v, type) and v.__module__ == "exported"]
    return network().eval()


@pytest.mark.parametrize("name", examples())
def test_every_example_runs_on_any_device(name):
    made = plan(read(examples()[name]).document)
    assert_no_device(made, torch.zeros(2, *made.dataset.shape.dims))


def test_a_formatter_and_a_linter_leave_every_example_alone(tmp_path):
    for name, file in examples().items():
        text = source(plan(read(file).document))
        assert_nothing_hidden(text)
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    assert_left_alone(tmp_path)


@pytest.mark.parametrize("kind", LAYERS)
def test_every_block_runs_on_any_device(kind):
    for block in variants(LAYERS[kind]):
        for shape in SHAPES:
            case = (mended(block, (shape,) * len(block.inputs)), (shape,) * len(block.inputs))
            if accepted(*case) is not None:
                assert_no_device(side_by_side([case]), long_vector([case]))


def assert_no_device(made, x):
    """The meta device stands for any: what names the CPU does not mix with it."""
    model = run_source(source(made))[network_name(made)]().eval().to("meta")
    with torch.no_grad():
        assert model(x.to("meta")).device.type == "meta"


def test_every_dataset_has_functions_that_take_its_samples():
    for name, dataset in datasets().items():
        made = ready(set_dataset(residual(), name))
        names = run_source(source(made))
        assert names["preprocess"](samples(dataset)).shape == (6, *dataset.shape.dims)


FORMATS = [
    QImage.Format.Format_Grayscale8,
    QImage.Format.Format_RGB888,
    QImage.Format.Format_RGBA8888,
    QImage.Format.Format_Indexed8,
]


def painted(form) -> QImage:
    image = QImage(13, 9, QImage.Format.Format_ARGB32)
    for y in range(image.height()):
        for x in range(image.width()):
            image.setPixelColor(x, y, QColor((x * 19) % 256, (y * 27) % 256, (x * y * 5) % 256))
    return image.convertToFormat(form)


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_a_png_is_read_as_qt_reads_it(form, tmp_path):
    image = painted(form)
    assert image.save(str(tmp_path / "picture.png"))
    rows = read_png(tmp_path / "picture.png")
    assert (len(rows), len(rows[0])) == (9, 13)
    for y, row in enumerate(rows):
        for x, found in enumerate(row):
            r, g, b, a = image.pixelColor(x, y).getRgbF()
            assert found == pytest.approx((0.299 * r + 0.587 * g + 0.114 * b) * a, abs=2e-3)


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", 0)


def png(rows: bytes, width: int, height: int, depth=8, colour=0, interlaced=0) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    data = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + data + chunk(b"IEND", b"")


def test_every_filter_of_png_is_undone(tmp_path):
    """Each row was [10, 20, 40] before it was stored as differences."""
    rows = [[0, 10, 20, 40], [1, 10, 10, 20], [2, 0, 0, 0], [3, 5, 5, 10], [4, 0, 0, 0]]
    file = tmp_path / "filters.png"
    file.write_bytes(png(bytes(value for row in rows for value in row), 3, 5))
    assert read_png(file) == [[10 / 255, 20 / 255, 40 / 255]] * 5


def test_what_is_no_png_of_this_kind_is_told(tmp_path):
    whole = png(bytes([0, 1, 2, 3]), 3, 1)
    spoiled = {
        "empty": b"",
        "text": b"hello",
        "cut": whole[:40],
        "depth": png(bytes([0, 1]), 3, 1, depth=1),
        "interlaced": png(bytes([0, 1, 2, 3]), 3, 1, interlaced=1),
        "filter": png(bytes([9, 1, 2, 3]), 3, 1),
        "colour": png(bytes([0, 1, 2, 3]), 3, 1, colour=5),
        "no table": png(bytes([0, 1, 2, 3]), 3, 1, colour=3),
    }
    for name, content in spoiled.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=r"PNG file|8 bits"):
            read_png(tmp_path / name)


def test_the_file_carries_the_reader_as_it_stands():
    ours = ast.parse(Path(read_png.__code__.co_filename).read_text(encoding="utf-8"))
    mine = {n.name: ast.dump(n) for n in ours.body if isinstance(n, ast.FunctionDef)}
    theirs = ast.parse(source(ready(residual())))
    carried = {n.name: ast.dump(n) for n in theirs.body if isinstance(n, ast.FunctionDef)}
    assert mine.items() <= carried.items()
