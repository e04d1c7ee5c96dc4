"""A run's whole state as one .safetensors file: read back, it goes on as if it had never stopped.

Tensors are named `network.NAME`, `optimiser.NAME.FIELD` and `random.GENERATOR`, and `best.NAME` for
the weights that an early end puts back; all numbers are in the metadata as JSON. Nothing in the
file can run code.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from safetensors import SafetensorError
from safetensors.torch import save
from torch import Tensor, nn

from explorer.blocks.catalogue import block_of
from explorer.engine.checkpoints.tensors_file import WeightsError, check_fit, checksum, read
from explorer.engine.device.failures import EngineError
from explorer.graph.document import Document
from explorer.graph.files import DocumentError, dump, load
from explorer.graph.whole_file import write_whole

FORMAT = "architecture-explorer-checkpoint"
VERSION = "1"
SUFFIX = ".safetensors"
NETWORK, OPTIMISER, RANDOM, BEST = "network.", "optimiser.", "random.", "best."
STATE_FIELDS = frozenset({"step", "exp_avg", "exp_avg_sq", "momentum_buffer"})


class CheckpointError(EngineError):
    """A checkpoint that can't be used, with what is wrong and the next step."""


class Snapshot(BaseModel):
    """Where a run is: its place in the schedule, and its settings as they stand."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    step: int = Field(ge=0, lt=2**53)
    epochs_done: int = Field(ge=0, le=1_000_000)
    epochs: int = Field(ge=1, le=1_000_000)  # of the whole run, as lengthened
    rate: float = Field(ge=0)
    weight_decay: float = Field(ge=0)
    dropouts: dict[str, float]  # nodes whose dropout was changed
    seconds: float = Field(ge=0)
    epoch_seconds: float
    epoch_sums: tuple[float, float, float]  # loss, hits, samples
    best_loss: float | None
    stale_epochs: int = Field(ge=0)
    best_epoch: int = Field(default=0, ge=0)  # whose weights are in the part `best.`
    gradient_scale: tuple[float, int] | None = None  # of float16

    @property
    def epochs_begun(self) -> int:
        """Whole ones, and the one that it is in."""
        return self.epochs_done + (self.epoch_sums[2] > 0)


class Facts(BaseModel):
    """A moment, and what the run was computed on."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    place: Snapshot
    threads: int = Field(ge=1, le=4096)
    processes: int = Field(default=1, ge=1)  # that trained together
    device: str
    torch: str
    dataset_sha256: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a file holds; `tensors` by their full names."""

    document: Document
    facts: Facts
    tensors: Mapping[str, Tensor]

    def part(self, prefix: str) -> dict[str, Tensor]:
        """The tensors of one part, without its prefix."""
        return {
            name.removeprefix(prefix): tensor
            for name, tensor in self.tensors.items()
            if name.startswith(prefix)
        }


@dataclass(frozen=True, slots=True)
class Written:
    """A file that is whole and on the disk."""

    path: Path
    sha256: str
    size: int


# --- taking a state and putting it back


def state_of(
    network: nn.Module,
    optimiser: torch.optim.Optimizer,
    generators: Mapping[str, Tensor],
    best: Mapping[str, Tensor],
) -> dict[str, Tensor]:
    """Copies of weights, optimiser state, generator states and the best epoch's weights, by their
    names in the file.
    """
    tensors = {f"{NETWORK}{name}": tensor for name, tensor in network.state_dict().items()}
    for name, parameter in network.named_parameters():
        for field, value in optimiser.state.get(parameter, {}).items():
            if isinstance(value, Tensor):
                tensors[f"{OPTIMISER}{name}.{field}"] = value
    tensors.update({f"{RANDOM}{name}": state for name, state in generators.items()})
    tensors.update({f"{BEST}{name}": tensor for name, tensor in best.items()})
    return {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}


def put_back(checkpoint: Checkpoint, network: nn.Module, optimiser: torch.optim.Optimizer) -> None:
    """Fill network and optimiser; raises CheckpointError before anything was changed."""
    weights, found = checkpoint.part(NETWORK), checkpoint.part(OPTIMISER)
    best = checkpoint.part(BEST)
    parameters = dict(network.named_parameters())
    try:
        check_fit(network.state_dict(), weights)
        if best:
            check_fit(network.state_dict(), best)
    except WeightsError as error:
        raise CheckpointError(str(error)) from error
    states: dict[str, dict[str, Tensor]] = {}
    for full_name, value in found.items():
        name, _, field = full_name.rpartition(".")
        if name not in parameters or field not in STATE_FIELDS:
            raise CheckpointError(f"The checkpoint's optimiser has an unknown {full_name[:80]}.")
        states.setdefault(name, {})[field] = _like(value, parameters[name], full_name)
    network.load_state_dict(weights)
    for name, state in states.items():
        optimiser.state[parameters[name]] = state


def _like(value: Tensor, parameter: Tensor, name: str) -> Tensor:
    """On the parameter's device and in its memory layout: fused optimisers walk both at once."""
    if value.dim() == 0:
        return value.to(parameter.device).clone()
    if value.shape != parameter.shape:
        raise CheckpointError(
            f"The checkpoint's optimiser has {name[:80]} as {tuple(value.shape)}, but the weight "
            f"is {tuple(parameter.shape)}."
        )
    return torch.empty_like(parameter, requires_grad=False, dtype=value.dtype).copy_(value)


# --- files


def write(path: Path, checkpoint: Checkpoint) -> Written:
    """Write the file whole, on the disk and under its name, or not at all."""
    texts = {
        "document": dump(checkpoint.document),
        "facts": checkpoint.facts.model_dump_json(),
    }
    metadata = {"format": FORMAT, "version": VERSION, **texts}
    metadata["sha256"] = _seal(texts, checkpoint.tensors)
    content = save(dict(checkpoint.tensors), metadata)
    write_whole(path, content)
    _sync_folder(path.parent)
    return Written(path, hashlib.sha256(content).hexdigest(), len(content))


def _sync_folder(folder: Path) -> None:
    """The new name on the disk too; Windows has no such call and needs none."""
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _seal(texts: Mapping[str, str], tensors: Mapping[str, Tensor]) -> str:
    digest = hashlib.sha256(checksum(tensors).encode())
    for name in sorted(texts):
        digest.update(hashlib.sha256(texts[name].encode()).digest())
    return digest.hexdigest()


def load_checkpoint(path: Path) -> Checkpoint:
    """Read and check a file; raises CheckpointError and changes nothing."""
    try:
        tensors, metadata = read(path)
    except WeightsError as error:
        raise CheckpointError(str(error)) from error
    if metadata.get("format") != FORMAT:
        raise CheckpointError(
            f"{path.name} is not a checkpoint. Weights alone can be opened, but not resumed."
        )
    if metadata.get("version") != VERSION:
        raise CheckpointError(
            f"{path.name} was written by a newer program. Update the program to resume it."
        )
    texts = {name: metadata.get(name, "") for name in ("document", "facts")}
    try:
        sealed = metadata.get("sha256") == _seal(texts, tensors)
    except (RuntimeError, TypeError, UnicodeEncodeError, SafetensorError) as error:
        raise CheckpointError(f"{path.name} is damaged: {error}.") from error
    if not sealed:
        raise CheckpointError(
            f"{path.name} is damaged: its content is not what was saved. "
            "Resume from an earlier checkpoint."
        )
    return _parsed(path, texts, tensors)


def _parsed(path: Path, texts: Mapping[str, str], tensors: Mapping[str, Tensor]) -> Checkpoint:
    try:
        facts = Facts.model_validate_json(texts["facts"])
        document = load(texts["document"], block_of).document
    except (ValidationError, DocumentError) as error:
        first = str(error).splitlines()[0][:200]
        raise CheckpointError(f"{path.name} can't be understood: {first}.") from error
    for name in ("torch", "order"):
        state = tensors.get(f"{RANDOM}{name}")
        if state is None or state.dtype != torch.uint8 or state.dim() != 1:
            raise CheckpointError(f"{path.name} has no state of the random numbers.")
    return Checkpoint(document, facts, tensors)


def difference(of: Document, shown: Document) -> str:
    """What makes the two documents' networks differ, in words; empty where nothing does."""
    if of.dataset != shown.dataset:
        return f"it was trained on {of.dataset}, not {shown.dataset}"
    for name in [*of.nodes, *(name for name in shown.nodes if name not in of.nodes)]:
        if name not in of.nodes or name not in shown.nodes:
            where = "the document" if name not in of.nodes else "the checkpoint"
            return f"only {where} has {name}"
        if of.nodes[name].block != shown.nodes[name].block:
            return f"{name} was changed"
    return "" if set(of.wires) == set(shown.wires) else "the wires were changed"
