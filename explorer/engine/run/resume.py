"""Takes a run's whole state for a checkpoint, and puts a run where a checkpoint was taken."""

from __future__ import annotations

import math

import torch

from explorer.engine.checkpoints import checkpoint as checkpoints
from explorer.engine.checkpoints.checkpoint import (
    BEST,
    RANDOM,
    Checkpoint,
    CheckpointError,
    Facts,
    Snapshot,
    state_of,
)
from explorer.engine.device.failures import EngineError
from explorer.engine.device.generators import generator_states, put_generators
from explorer.engine.run.settings import with_settings
from explorer.engine.run.train import Run
from explorer.engine.step.data import checksum
from explorer.graph.document import Document


def checkpoint_of(run: Run, document: Document) -> Checkpoint:
    """The run as it is between two beats; every loss must have been told."""
    device = run.descent.device
    facts = Facts(
        place=snapshot_of(run),
        threads=torch.get_num_threads(),
        processes=run.team.size if run.team is not None else 1,
        device=device.type,
        torch=torch.__version__,
        dataset_sha256=checksum(run.data.dataset),
    )
    generators = {"order": run.order.state, **generator_states(device), **run.others}
    tensors = state_of(run.network, run.descent.optimiser, generators, run.best.weights)
    return Checkpoint(document, facts, tensors)


def snapshot_of(run: Run) -> Snapshot:
    """What a checkpoint needs of the present moment."""
    return Snapshot(
        step=run.step,
        epochs_done=run.epochs_done,
        epochs=run.training.epochs,
        rate=run.rate,
        weight_decay=run.weight_decay,
        dropouts=dict(run.dropouts),
        seconds=run.seconds,
        epoch_seconds=run.seconds - run.epoch_began_s,
        epoch_sums=run.curves.sums,
        best_loss=run.best.loss if math.isfinite(run.best.loss) else None,
        stale_epochs=run.best.stale_epochs,
        best_epoch=run.best.epoch,
        gradient_scale=run.descent.careful.scale,
    )


def put_at(run: Run, checkpoint: Checkpoint) -> None:
    """Let a run that has not begun go on from there; CheckpointError: the run is of no more use."""
    _check_samples(run, checkpoint)
    checkpoints.put_back(checkpoint, run.network, run.descent.optimiser)
    place, states = checkpoint.facts.place, checkpoint.part(RANDOM)
    _check_place(run, place)
    _set_dropouts(run, place)
    try:
        rank, size = (run.team.rank, run.team.size) if run.team is not None else (0, 1)
        seed = (run.order.second_seed + rank + place.step * size) % 2**63
        put_generators(states, run.descent.device, rank, seed)
        run.order.put_at(states["order"])
        _put_at_place(run, place)
        run.best.weights = checkpoint.part(BEST)
        run.best.epoch = place.best_epoch if run.best.weights else 0
        run.good.keep(run.step)
    except (RuntimeError, TypeError) as error:
        raise CheckpointError(f"The checkpoint's random numbers are damaged: {error}") from error


def _check_samples(run: Run, checkpoint: Checkpoint) -> None:
    dataset = run.data.dataset
    if checkpoint.facts.dataset_sha256 != checksum(dataset):
        raise CheckpointError(
            f"The run was trained on other samples of {dataset.title} than those here. "
            "Resume it with the program and the dataset that it was started with."
        )


def _check_place(run: Run, place: Snapshot) -> None:
    behind = place.step - place.epochs_done * run.steps_per_epoch
    if not 0 <= behind <= run.steps_per_epoch:
        raise CheckpointError(
            f"The checkpoint says step {place.step:,} after {place.epochs_done:,} epochs, but "
            f"an epoch has {run.steps_per_epoch:,} steps."
        )


def _set_dropouts(run: Run, place: Snapshot) -> None:
    for node, p in place.dropouts.items():
        try:
            run.descent.set_dropout(node, p)
        except EngineError as error:
            told = f"The checkpoint's dropout {p:g} of {node[:80]} has no place."
            raise CheckpointError(told) from error


def _put_at_place(run: Run, place: Snapshot) -> None:
    run.step, run.epochs_done = place.step, place.epochs_done
    run.training = with_settings(run.training, epochs=place.epochs)
    run.rate, run.weight_decay = place.rate, place.weight_decay
    run.dropouts = dict(place.dropouts)
    run.seconds = place.seconds
    run.epoch_began_s = place.seconds - place.epoch_seconds
    run.curves.sums = place.epoch_sums
    run.best.loss = math.inf if place.best_loss is None else place.best_loss
    run.best.stale_epochs = place.stale_epochs
    run.descent.careful.scale = place.gradient_scale
    run.measuring.begin(run.step, run.seconds)
    run.pace.begin(run.step, run.seconds)
