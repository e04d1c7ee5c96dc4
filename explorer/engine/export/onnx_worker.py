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
from explorer.engine.build import Network
from explorer.engine.export import onnx as files
from explorer.engine.export.failure import ExportError
from explorer.engine.export.job import normalised
from explorer.engine.export.onnx_stand_ins import with_stand_ins
from explorer.graph.custom import unpack
from explorer.graph.files import dump
from explorer.graph.files import load as load_document
from explorer.plan.plan import Plan, plan

OPSET = 18  # later ones use an Attention that onnxruntime's CPU refuses with padding masks
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
    model = _converted(network, made.dataset)
    _clean(model.graph)
    for function in model.functions:
        _clean(function)
    _describe(model, made, made.dataset)
    content: bytes = model.SerializeToString()
    report("Running the ONNX file in onnxruntime")
    pictures = load((work / files.PICTURES).read_bytes())["pictures"]
    logits = _tried(content, made.dataset, normalised(made.dataset, pictures))
    (work / files.LOGITS).write_bytes(save({"logits": logits}))
    (work / files.MODEL).write_bytes(content)


def _converted(network: Network, dataset: Dataset) -> Any:
    sample = torch.zeros(SAMPLE_BATCH, *dataset.shape.dims)
    program = torch.onnx.export(
        with_stand_ins(network),
        (sample,),
        dynamo=True,
        opset_version=OPSET,
        external_data=False,
        input_names=["input"],
        output_names=["logits"],
        dynamic_shapes=({0: torch.export.Dim("batch")},),
        verbose=False,
    )
    if program is None:
        raise ExportError("torch gave no ONNX model.")
    return program.model_proto


def _clean(graph: Any) -> None:
    """Take away what the exporter notes of this machine: paths, lines of source, stack traces."""
    graph.doc_string = ""
    del graph.metadata_props[:]
    for value in [*graph.value_info, *getattr(graph, "initializer", ())]:
        value.doc_string = ""
        del value.metadata_props[:]
    for node in graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
        for attribute in node.attribute:
            for inner in (attribute.g, *attribute.graphs):
                if inner.node:
                    _clean(inner)


def _describe(model: Any, made: Plan, dataset: Dataset) -> None:
    model.producer_name = "architecture-explorer"
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
        "document": dump(made.document),
    }
    for key, value in told.items():
        model.metadata_props.add(key=key, value=value)


def _tried(content: bytes, dataset: Dataset, inputs: Tensor) -> Tensor:
    """Logits of all inputs; raises ExportError unless the batch is free and every size runs."""
    import onnxruntime

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    (entry,), (way_out,) = session.get_inputs(), session.get_outputs()
    axes = [tuple(entry.shape[1:]), tuple(way_out.shape[1:])]
    if axes != [dataset.shape.dims, (len(dataset.classes),)]:
        raise ExportError(f"The ONNX file has the axes {entry.shape} -> {way_out.shape}.")
    if isinstance(entry.shape[0], int) or isinstance(way_out.shape[0], int):
        raise ExportError(f"The ONNX file takes batches of {entry.shape[0]} only.")

    def answer(part: Tensor) -> Tensor:
        return torch.from_numpy(session.run(None, {entry.name: part.numpy()})[0])

    whole = answer(inputs)
    for size in BATCHES:
        part = answer(inputs[:size])
        if not torch.allclose(part, whole[: len(part)], atol=1e-4, rtol=1e-4, equal_nan=True):
            raise ExportError(f"The ONNX file answers otherwise in batches of {size}.")
    return whole
