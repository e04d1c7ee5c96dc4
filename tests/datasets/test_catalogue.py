"""What holds for every bundled dataset, and for the file it comes from."""

import hashlib
import json
import subprocess
import sys
import threading

import numpy as np
import pytest

from explorer import resources
from explorer.datasets import catalogue, fashion_mnist, mnist, stored
from explorer.datasets.dataset import DatasetError

SOURCES = json.loads(resources.path("datasets", "SOURCES.json").read_text())["datasets"]
EVERY = pytest.mark.parametrize("dataset_id", list(catalogue.datasets()))
FILES = pytest.mark.parametrize(
    ("dataset_id", "name"), [(each, name) for each in SOURCES for name in SOURCES[each]["files"]]
)
# Of the files as LeCun and Cortes published them, decompressed.
GENUINE_MNIST = {
    "train-images.idx.xz": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels.idx.xz": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "test-images.idx.xz": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "test-labels.idx.xz": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}


@EVERY
def test_arrays_are_what_the_description_says(dataset_id):
    described, arrays = catalogue.dataset(dataset_id), catalogue.load(dataset_id)
    parts = (
        (described.train_size, arrays.train_inputs, arrays.train_labels),
        (described.test_size, arrays.test_inputs, arrays.test_labels),
    )
    for size, inputs, labels in parts:
        assert inputs.shape == (size, *described.shape.dims)
        assert labels.shape == (size,)
        assert (inputs.dtype, labels.dtype) == (np.uint8, np.int64)
        assert not inputs.flags.writeable
        assert not labels.flags.writeable
        assert inputs.max() == described.scale
        assert inputs.min() == 0
        share = np.bincount(labels, minlength=len(described.classes)) / size
        assert len(share) == len(described.classes)
        assert share.min() > 0.08  # balanced enough for accuracy to mean something
        assert share.max() < 0.12


@EVERY
def test_mean_and_std_normalise_the_training_inputs(dataset_id):
    described = catalogue.dataset(dataset_id)
    values = catalogue.load(dataset_id).train_inputs
    counts = np.bincount(values.ravel(), minlength=256) / values.size
    levels = np.arange(256) / described.scale
    mean = counts @ levels
    std = np.sqrt(counts @ levels**2 - mean**2)
    exact = dataset_id != "fashion-mnist"  # its figures are those of all 60,000 pictures
    tolerance = 0.00005 if exact else 0.0005
    assert described.mean == pytest.approx(mean, abs=tolerance)
    assert described.std == pytest.approx(std, abs=tolerance)


def test_the_list_begins_with_mnist_and_has_every_source():
    assert list(catalogue.datasets()) == ["mnist", "digits-8x8", "fashion-mnist"]
    assert set(SOURCES) <= set(catalogue.datasets())


@EVERY
def test_the_licence_is_the_recorded_one_and_is_carried_along(dataset_id):
    assert catalogue.dataset(dataset_id).licence == SOURCES[dataset_id]["licence"]
    licences = resources.path("datasets", "LICENSES.md").read_text()
    assert f"## {dataset_id}: " in licences
    assert SOURCES[dataset_id]["credit"] in licences


@FILES
def test_stored_content_is_what_was_converted(dataset_id, name):
    content = stored.stored_content(dataset_id, name)
    assert (
        hashlib.sha256(content).hexdigest() == SOURCES[dataset_id]["files"][name]["content_sha256"]
    )


@pytest.mark.parametrize("name", GENUINE_MNIST)
def test_mnist_is_genuine(name):
    content = stored.stored_content("mnist", name)
    assert hashlib.sha256(content).hexdigest() == GENUINE_MNIST[name]


def test_small_digits_are_the_known_rows():
    """The first test digits are a 0, 1, 2 in scikit-learn's copy too."""
    arrays = catalogue.load("digits-8x8")
    assert arrays.test_labels[:10].tolist() == list(range(10))
    assert arrays.test_inputs[0, 0, 0].tolist() == [0, 0, 5, 13, 9, 1, 0, 0]


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(DatasetError, match=r'no dataset "minst".*mnist, digits-8x8'):
        catalogue.dataset("minst")
    with pytest.raises(DatasetError, match="no dataset"):
        catalogue.load("minst")


def test_many_threads_get_the_same_arrays_after_one_load(monkeypatch):
    calls = []
    real = stored.arrays
    monkeypatch.setattr(stored, "arrays", lambda each: calls.append(each) or real(each))
    monkeypatch.setattr(catalogue, "_loaded", {})
    got = []
    threads = [
        threading.Thread(target=lambda: got.append(catalogue.load("digits-8x8"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert calls == ["digits-8x8"]
    assert len(got) == 8
    assert all(each is got[0] for each in got)


def test_reading_the_catalogue_loads_neither_numpy_nor_torch_nor_qt():
    code = (
        "import sys; from explorer.datasets import catalogue; catalogue.datasets();"
        "print([m for m in ('numpy', 'torch', 'PySide6') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """The small digits' files in a folder that a test may damage."""
    folder = tmp_path / "datasets" / "digits-8x8"
    folder.mkdir(parents=True)
    for name in SOURCES["digits-8x8"]["files"]:
        file = resources.path("datasets", "digits-8x8", name)
        (folder / name).write_bytes(file.read_bytes())
    record = resources.path("datasets", "SOURCES.json").read_bytes()
    (tmp_path / "datasets" / "SOURCES.json").write_bytes(record)
    monkeypatch.setattr(resources, "root", lambda: tmp_path)
    assert stored.arrays("digits-8x8").train_labels.size == 3_823
    return folder


def test_a_changed_byte_is_found(copied):
    file = copied / "test-images.idx.xz"
    content = bytearray(file.read_bytes())
    content[1000] ^= 1
    file.write_bytes(content)
    recorded = SOURCES["digits-8x8"]["files"]["test-images.idx.xz"]["sha256"]
    actual = hashlib.sha256(content).hexdigest()
    with pytest.raises(DatasetError) as caught:
        stored.arrays("digits-8x8")
    for part in ("digits-8x8/test-images.idx.xz is damaged", recorded[:12], actual[:12], "Install"):
        assert part in str(caught.value)


@pytest.mark.parametrize("kept", [0, 100])
def test_a_file_cut_short_is_found(copied, kept):
    file = copied / "train-labels.idx.xz"
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.raises(DatasetError, match=r"train-labels\.idx\.xz is damaged"):
        stored.arrays("digits-8x8")


def test_a_missing_file_is_named(copied):
    (copied / "train-images.idx.xz").unlink()
    with pytest.raises(DatasetError, match=r"digits-8x8/train-images\.idx\.xz can't be read"):
        stored.arrays("digits-8x8")


@pytest.mark.parametrize("record", [b"", b"{", b"[]", b'{"datasets": {}}', b"\xff\xfe"])
def test_a_damaged_record_is_named(copied, record):
    (copied.parent / "SOURCES.json").write_bytes(record)
    with pytest.raises(DatasetError, match=r"SOURCES\.json"):
        stored.arrays("digits-8x8")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\0\x08\x03",
        b"\0\0\x08\x01\0\0\0\x01x",
        b"\0\0\x08\x03\0\0\0\x02\0\0\0\x02\0\0\0\x02abc",
    ],
)
def test_content_that_is_no_picture_file_is_refused(content):
    with pytest.raises(DatasetError):
        stored.pictures(content)


def test_an_installed_debian_copy_is_read(tmp_path):
    import gzip

    for theirs, ours in (("train", "train"), ("t10k", "test")):
        for what, axes in (("images", 3), ("labels", 1)):
            content = stored.stored_content("digits-8x8", f"{ours}-{what}.idx.xz")
            file = tmp_path / f"{theirs}-{what}-idx{axes}-ubyte.gz"
            file.write_bytes(gzip.compress(content, 1))
    arrays = fashion_mnist._complete(tmp_path)
    assert arrays.train_inputs.shape == (3_823, 1, 8, 8)
    (tmp_path / "t10k-labels-idx1-ubyte.gz").write_bytes(b"\x1f\x8b\x08 damaged")
    with pytest.raises(DatasetError, match="Reinstall"):
        fashion_mnist._complete(tmp_path)


def test_a_dataset_is_a_value():
    assert catalogue.dataset("mnist") is mnist.DATASET
    with pytest.raises(AttributeError):
        mnist.DATASET.title = "other"
