"""Runs beside each other: the settings that differ, mean and band, a table for spreadsheets."""

import csv
import io
import math

import numpy as np

from explorer.blocks.catalogue import catalogue
from explorer.graph.edits import add_node, set_params, set_training
from explorer.records.compare import band, differences
from explorer.records.csv_file import write_csv
from explorer.records.store import RunStore
from tests.records.making import VERSIONS, an_epoch, drawing, epoch, losses, started


def test_only_what_differs_is_told(tmp_path):
    store = RunStore.open(tmp_path)
    document, node = add_node(drawing(), catalogue()["linear"](out_features=10))
    other = set_params(set_training(document, {"rate": 0.1}), node, {"out_features": 20})
    more, last = add_node(other, catalogue()["relu"]())
    records = [store.begin(each, VERSIONS) for each in (document, other, more)]
    assert differences(records) == {
        "training.rate": ("0.001", "0.1", "0.1"),
        f"{node}.out_features": ("10", "20", "20"),
        last: ("", "", "relu"),
    }
    assert differences(records[:1]) == {}
    store.close()


def test_a_band_over_the_steps_that_all_have():
    curves = [
        (np.array([1, 2, 3]), np.array([1.0, 2.0, 3.0], np.float32)),
        (np.array([2, 3, 4]), np.array([4.0, 5.0, 6.0], np.float32)),
    ]
    found = band(curves)
    assert found.steps.tolist() == [2, 3]
    assert found.mean.tolist() == [3.0, 4.0]
    assert (found.low.tolist(), found.high.tolist()) == ([2.0, 3.0], [4.0, 5.0])
    assert found.runs == 2
    assert band([]).runs == 0


def test_a_table_for_spreadsheets(tmp_path):
    store = RunStore.open(tmp_path)
    run = store.begin(drawing(), VERSIONS).id
    store.start(run, started())
    store.add(run, [*an_epoch(1), losses(11, 12), epoch(2, test_loss=math.nan)])
    text = io.StringIO()
    write_csv(store.curves(run), text)
    rows = list(csv.DictReader(io.StringIO(text.getvalue())))
    assert [row["step"] for row in rows] == [*map(str, range(1, 13)), "20"]
    assert (rows[4]["held_out_accuracy"], rows[4]["changed"]) == ("0.7", "rate=0.01")
    assert (rows[9]["epoch"], rows[9]["test_loss"]) == ("1", "0.5")
    assert (rows[12]["loss"], rows[12]["test_loss"]) == ("", "")
    store.close()
