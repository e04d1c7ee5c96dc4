"""The part of the ONNX export that runs in the worker process: convert, clean, describe, try."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load, save
from torch import Tensor

from explorer.blocks.catalogue import block_of
from explorer.datasets.dataset import Dataset
from explorer.engine.export import onnx as files
from explorer.engine.export.failure import ExportError
from explorer.engine.export.job import normalised
from explorer.engine.export.onnx_blame import blamed
from explorer.engine.export.onnx_model import answer, converted, session_of
from explorer.engine.network.build import Network
from explorer.graph.custom import unpack
from explorer.graph.files import dump
from explorer.graph.files import load as load_document
from explorer.graph.published import published
from explorer.plan.plan import Plan, plan
from explorer.records.recorder import versions

PRODUCER = "architecture-explorer"
INSTEAD = "Replace it, or export as Python source or state_dict: these hold every block."
SAMPLE_BATCH = 3  # not 1: the exporter would take it for fixed
BATCHES = (1, 2, 7)


def convert(work: Path, report: Callable[[str], None]) -> None:
    """Read document, weights and pictures from `work`; write the model and its logits there."""
    unpack((work / files.CUSTOM).read_text(encoding="utf-8"))
    document = load_document((work / files.DOCUMENT).read_bytes(), block_of).document
    made = plan(document)
    if not made.ready or made.dataset is None:
        raise ExportError("The document can't be trained, so there is nothing to export.")
    network = Network(made).eval()
    network.load_state_dict(load((work / files.WEIGHTS).read_bytes()))
    report("Converting to ONNX")
    model = _model(network, made, made.dataset, report)
    _describe(model, made, made.dataset)
    content: bytes = model.SerializeToString()
    report("Running the ONNX file in onnxruntime")
    pictures = load((work / files.PICTURES).read_bytes())["pictures"]
    inputs = normalised(made.dataset, pictures)
    try:
        logits = _tried(content, made.dataset, inputs)
    except Exception as error:  # onnxruntime's have no common class
        report("Looking for the block that answers otherwise")
        told = blamed(network, made, inputs[:SAMPLE_BATCH], error)
        raise ExportError(f"{told} {INSTEAD}") from error
    (work / files.LOGITS).write_bytes(save({"logits": logits}))
    (work / files.MODEL).write_bytes(content)


def _model(network: Network, made: Plan, dataset: Dataset, report: Callable[[str], None]) -> Any:
    """Raises ExportError with the block that can't be converted and the reason."""
    sample = torch.zeros(SAMPLE_BATCH, *dataset.shape.dims)
    try:
        return converted(network, [sample])
    except Exception as error:  # torch and onnxscript have dozens of classes
        report("Looking for the block that can't be converted")
        raise ExportError(f"{blamed(network, made, sample, error)} {INSTEAD}") from error


def _describe(model: Any, made: Plan, dataset: Dataset) -> None:
    model.producer_name = PRODUCER
    model.producer_version = versions()[PRODUCER]
    model.doc_string = made.document.title
    del model.metadata_props[:]
    told = {
        "title": made.document.title,
        "dataset": dataset.id,
        "classes": json.dumps(dataset.classes, ensure_ascii=False),
        "scale": repr(dataset.scale),
        "mean": repr(dataset.mean),
        "std": repr(dataset.std),
        "normalisation": "input = (picture / scale - mean) / std",
        "document": dump(published(made.document, made.asides)),
    }
    for key, value in told.items():
        model.metadata_props.add(key=key, value=value)


def _tried(content: bytes, dataset: Dataset, inputs: Tensor) -> Tensor:
    """Logits of all inputs; raises ExportError unless the batch is free and every size runs."""
    session = session_of(content)
    (entry,), (way_out,) = session.get_inputs(), session.get_outputs()
    axes = [tuple(entry.shape[1:]), tuple(way_out.shape[1:])]
    if axes != [dataset.shape.dims, (len(dataset.classes),)]:
        raise ExportError(f"The ONNX file has the axes {entry.shape} -> {way_out.shape}.")
    if isinstance(entry.shape[0], int) or isinstance(way_out.shape[0], int):
        raise ExportError(f"The ONNX file takes batches of {entry.shape[0]} only.")
    whole = answer(session, [inputs])
    for size in BATCHES:
        part = answer(session, [inputs[:size]])
        if not torch.allclose(part, whole[: len(part)], atol=1e-4, rtol=1e-4, equal_nan=True):
            raise ExportError(f"The ONNX file answers otherwise in batches of {size}.")
    return whole
