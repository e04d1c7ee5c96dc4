"""A torch module as an ONNX model: converted, without a trace of this machine, and run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from explorer.engine.export.failure import ExportError
from explorer.engine.export.onnx_stand_ins import with_stand_ins

OPSET = 18  # later ones use an Attention that onnxruntime's CPU refuses with padding masks


def converted(module: nn.Module, samples: Sequence[Tensor], starred: bool = False) -> Any:
    """The model, with a free batch; `samples` are batches of at least 2, `starred` says that
    `forward` takes them as `*inputs`. What torch can't convert raises one of its many errors.
    """
    free = tuple({0: torch.export.Dim("batch")} for _ in samples)
    names = ["input"] if len(samples) == 1 else [f"input{at}" for at in range(len(samples))]
    program = torch.onnx.export(
        with_stand_ins(module),
        tuple(samples),
        dynamo=True,
        opset_version=OPSET,
        external_data=False,
        input_names=names,
        output_names=["logits"],
        dynamic_shapes=(free,) if starred else free,
        verbose=False,
    )
    if program is None:
        raise ExportError("torch gave no ONNX model.")
    model = program.model_proto
    for part in (model.graph, *model.functions):
        _clean(part)
    return model


def _clean(graph: Any) -> None:
    """Take away what the exporter notes of this machine: paths, lines of source, stack traces."""
    _forget(graph)
    for kind in ("input", "output", "value_info", "initializer"):
        for value in getattr(graph, kind, ()):
            if not isinstance(value, str):  # a function's inputs and outputs are plain names
                _forget(value)
    for node in graph.node:
        _forget(node)
        for attribute in node.attribute:
            attribute.doc_string = ""
            for inner in (attribute.g, *attribute.graphs):
                if inner.node:
                    _clean(inner)


def _forget(part: Any) -> None:
    part.doc_string = ""
    del part.metadata_props[:]


def session_of(content: bytes) -> Any:
    """onnxruntime on the CPU."""
    import onnxruntime

    return onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])


def answer(session: Any, inputs: Sequence[Tensor]) -> Tensor:
    """The model's first output."""
    fed = {
        entry.name: part.numpy() for entry, part in zip(session.get_inputs(), inputs, strict=True)
    }
    return torch.from_numpy(session.run(None, fed)[0])
