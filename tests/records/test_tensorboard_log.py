"""Logs for TensorBoard: read back record by record, they hold what the store holds."""

import builtins
import struct
from collections import defaultdict

import numpy as np
import pytest

from explorer.plan.schedule import rate_at
from explorer.protocol.events import Losses, SettingChanged, Started
from explorer.records.exports import ExportError, export_tensorboard, folder_name
from explorer.records.store import RunStore
from explorer.records.tensorboard_log import clock
from tests.records.making import VERSIONS, an_epoch, drawing, losses, started

crc32c = pytest.importorskip("tensorboardX.crc32c").crc32c
RecordWriter = pytest.importorskip("tensorboardX.record_writer").RecordWriter
event_pb2 = pytest.importorskip("tensorboardX.proto.event_pb2")


@pytest.fixture
def store(tmp_path):
    store = RunStore.open(tmp_path / "data")
    yield store
    store.close()


@pytest.fixture
def run(store):
    run = store.begin(drawing("Tutorial CNN!"), VERSIONS).id
    store.start(run, started(run))
    for number in (1, 2):
        store.add(run, an_epoch(number, run))
    store.end(run, "finished")
    return run


def masked(data):
    code = crc32c(data)
    return (((code >> 15) | (code << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def events_of(folder):
    """TFRecord: length (8 bytes), its checksum (4), the event, its checksum (4)."""
    (file,) = folder.iterdir()
    data, place, found = file.read_bytes(), 0, []
    while place < len(data):
        (length, check) = struct.unpack_from("<QI", data, place)
        assert masked(data[place : place + 8]) == check
        body = data[place + 12 : place + 12 + length]
        assert struct.unpack_from("<I", data, place + 12 + length) == (masked(body),)
        event = event_pb2.Event()
        event.ParseFromString(body)
        found.append(event)
        place += 16 + length
    return found


def curves_of(events):
    found = defaultdict(list)
    for event in events:
        for value in event.summary.value:
            if value.WhichOneof("value") == "simple_value":
                found[value.tag].append((event.step, value.simple_value))
    return found


def test_a_log_holds_what_the_store_holds(store, run, tmp_path):
    (folder,) = export_tensorboard(store, [run], tmp_path / "logs")
    assert folder == tmp_path / "logs" / "run1-tutorial-cnn"
    events, curves = events_of(folder), store.curves(run)
    assert events[0].file_version == "brain.Event:2"
    found = curves_of(events)
    told = curves.losses
    steps = told.steps.tolist()
    assert found["loss/train"] == list(zip(steps, told.losses.tolist(), strict=True))
    assert found["accuracy/train"] == list(zip(steps, told.accuracies.tolist(), strict=True))
    for tag, part, name in (
        ("loss/held_out", curves.held_out, "loss"),
        ("accuracy/held_out", curves.held_out, "accuracy"),
        ("loss/test", curves.epochs, "test_loss"),
        ("accuracy/test", curves.epochs, "test_accuracy"),
        ("loss/train_epoch", curves.epochs, "train_loss"),
    ):
        expected = [(each.step, pytest.approx(getattr(each, name))) for each in part]
        assert found[tag] == expected
    tags = {value.tag for event in events for value in event.summary.value}
    assert "_hparams_/session_start_info" in tags


def test_the_rate_is_that_of_each_step(store, tmp_path):
    run = store.begin(drawing(), VERSIONS).id  # 3 epochs of 10 steps, changed after step 5
    store.start(run, started(run))
    store.add(run, an_epoch(1, run))
    store.add(run, [losses(11, 30, run)])
    (folder,) = export_tensorboard(store, [run], tmp_path)
    rates = dict(curves_of(events_of(folder))["setting/rate"])
    assert list(rates) == list(range(1, 31))
    assert (rates[5], rates[6]) == (pytest.approx(0.001), pytest.approx(0.01))
    assert all(rates[step] == pytest.approx(rate_at(0.01, step, 30)) for step in range(6, 31))
    assert rates[30] < 0.2 * rates[20] == pytest.approx(0.002)


def test_times_are_those_of_the_epochs(store, run, tmp_path):
    (folder,) = export_tensorboard(store, [run], tmp_path)
    times = [event.wall_time for event in events_of(folder)[1:]]
    assert times == sorted(times)
    at = clock(store.run(run), store.curves(run))
    assert at(10) - at(0) == pytest.approx(1.5)
    assert at(20) - at(10) == pytest.approx(1.5)
    assert at(25) - at(20) == pytest.approx(0.75)  # as fast as the last epoch


def test_a_run_that_goes_on_began_before_it_was_started(store, run):
    second = store.begin(drawing(), VERSIONS, parent=run).id
    store.start(second, started(second, 20))
    store.add(second, an_epoch(3, second))
    record, curves = store.run(second), store.curves(second)
    at = clock(record, curves)
    assert at(20) - clock(store.run(run), store.curves(run))(0) < 5  # the run began just now
    assert at(20) - at(0) == pytest.approx(3.0)
    assert at(30) - at(20) == pytest.approx(1.5)


def test_a_second_export_replaces_the_first(store, run, tmp_path):
    (folder,) = export_tensorboard(store, [run], tmp_path)
    (file,) = folder.iterdir()
    older = file.rename(folder / "events.out.tfevents.1.older")
    export_tensorboard(store, [run], tmp_path)
    assert [each.name for each in folder.iterdir()] != [older.name]
    assert len(events_of(folder)) > 40
    assert not [each for each in tmp_path.iterdir() if each.name.startswith(".")]


def test_losses_that_are_no_numbers_are_written_as_they_are(store, tmp_path):
    run = store.begin(drawing(), VERSIONS).id
    store.start(run, Started(run, 10, 40, 1, "CPU"))
    values = np.array([1.0, np.nan, np.inf], np.float32)
    store.add(run, [Losses(run, np.arange(1, 4), values, values)])
    store.add(run, [SettingChanged(run, 2, "fc.dropout", 0.5)])
    (folder,) = export_tensorboard(store, [run], tmp_path)
    found = curves_of(events_of(folder))
    assert str([value for _, value in found["loss/train"]]) == "[1.0, nan, inf]"
    assert found["setting/fc.dropout"] == [(2, 0.5)]


# --- what goes wrong


def test_without_the_library_the_pip_line_is_told(store, run, tmp_path, monkeypatch):
    there = builtins.__import__

    def absent(name, *rest):
        if name.startswith("tensorboardX"):
            raise ModuleNotFoundError(name)
        return there(name, *rest)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(ExportError, match=r'pip install "architecture-explorer\[tensorboard\]"'):
        export_tensorboard(store, [run], tmp_path / "logs")
    assert not (tmp_path / "logs").exists()


def test_a_run_without_curves_is_told(store, run, tmp_path):
    empty = store.begin(drawing(), VERSIONS).id
    with pytest.raises(ExportError, match=f"Run {empty} has no curves"):
        export_tensorboard(store, [run, empty], tmp_path / "logs")


def test_a_full_disk_is_told_and_leaves_the_old_log(store, run, tmp_path, monkeypatch):
    (folder,) = export_tensorboard(store, [run], tmp_path)
    before = events_of(folder)

    there = RecordWriter.write
    left = [20]

    def full(self, data):
        left[0] -= 1
        if not left[0]:
            raise OSError(28, "No space left on device")
        there(self, data)

    monkeypatch.setattr("tensorboardX.record_writer.RecordWriter.write", full)
    with pytest.raises(ExportError, match="No space left on device"):
        export_tensorboard(store, [run], tmp_path)
    assert events_of(folder) == before
    assert not [each for each in tmp_path.iterdir() if each.name.startswith(".")]


def test_a_file_where_the_folder_should_be_is_told(store, run, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ExportError, match="can't be written"):
        export_tensorboard(store, [run], tmp_path / "file")


def test_names_of_folders_are_plain(store):
    run = store.begin(drawing("../../Größe: 3 x 3 / $HOME"), VERSIONS).id
    assert folder_name(store.run(run)) == f"run{run}-gr-e-3-x-3-home"
    run = store.begin(drawing("神经网络"), VERSIONS).id
    assert folder_name(store.run(run)) == f"run{run}"
