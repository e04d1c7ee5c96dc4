"""Several runs beside each other: which settings differ, mean and band of their curves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.graph.custom import Custom
from explorer.graph.published import file_name
from explorer.records.record import Band, RunRecord

Curve = tuple[NDArray[np.int64], NDArray[np.float32]]  # steps, values


def differences(records: Sequence[RunRecord]) -> dict[str, tuple[str, ...]]:
    """Settings and block parameters that are not the same in all runs: a value for each run, ""
    where a run has no such thing.
    """
    found = [_flat(record) for record in records]
    names = dict.fromkeys(name for each in found for name in each)
    rows = {name: tuple(each.get(name, "") for each in found) for name in names}
    return {name: values for name, values in rows.items() if len(set(values)) > 1}


def _flat(record: RunRecord) -> dict[str, str]:
    document = recorded_document(record)
    flat = {"dataset": record.dataset, "device": record.device}
    flat |= {f"training.{key}": _text(value) for key, value in document["training"].items()}
    for node in document["nodes"]:
        flat[node["id"]] = node["kind"]
        parameters = dict(node["parameters"])
        if node["kind"] == Custom.kind and "path" in parameters:  # a report is for strangers
            parameters["path"] = file_name(str(parameters["path"]))
        flat |= {f"{node['id']}.{key}": _text(value) for key, value in parameters.items()}
    return flat


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def by_seed(records: Sequence[RunRecord]) -> list[list[RunRecord]]:
    """Runs that differ by their seed alone together, each other run by itself."""
    groups: dict[str, list[RunRecord]] = {}
    for record in records:
        groups.setdefault(_but_seed(record), []).append(record)
    found: list[list[RunRecord]] = []
    for group in groups.values():
        several = len({each.seed for each in group}) > 1
        found += [group] if several else [[each] for each in group]
    return found


def _but_seed(record: RunRecord) -> str:
    """Equal for runs of the same drawing with the same settings, wherever its blocks stand."""
    document = recorded_document(record)
    document["training"].pop("seed", None)
    for node in document["nodes"]:
        node.pop("x", None)
        node.pop("y", None)
    return json.dumps([document, record.dataset_sha256], sort_keys=True)


def recorded_document(record: RunRecord) -> dict[str, Any]:
    """JSON as it was recorded, with whatever can be read of "training" (settings by name) and of
    "nodes" (each with "id", "kind" and "parameters").
    """
    try:
        found = json.loads(record.document)
    except (ValueError, RecursionError):
        found = None
    document: dict[str, Any] = found if isinstance(found, dict) else {}
    training, nodes = document.get("training"), document.get("nodes")
    return {
        **document,
        "training": training if isinstance(training, dict) else {},
        "nodes": [_node(each) for each in nodes if _is_node(each)]
        if isinstance(nodes, list)
        else [],
    }


def _is_node(found: object) -> bool:
    return isinstance(found, dict) and all(isinstance(found.get(k), str) for k in ("id", "kind"))


def _node(found: dict[str, Any]) -> dict[str, Any]:
    parameters = found.get("parameters")
    return {**found, "parameters": parameters if isinstance(parameters, dict) else {}}


def band(curves: Iterable[Curve]) -> Band:
    """Mean, least and greatest at the steps that all curves have."""
    parts = list(curves)
    steps = parts[0][0] if parts else np.empty(0, np.int64)
    for others, _ in parts[1:]:
        steps = np.intersect1d(steps, others)
    if not len(steps):
        nothing = np.empty(0, np.float32)
        return Band(steps, nothing, nothing, nothing, len(parts))
    values = np.stack([each[np.searchsorted(at, steps)] for at, each in parts])
    return Band(steps, values.mean(0), values.min(0), values.max(0), len(parts))
