"""Loss, accuracy and confusion on held-out samples, in pieces: nobody waits for the whole."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from explorer.engine.step.data import Data, Samples


@dataclass(frozen=True, slots=True)
class Score:
    """Mean loss (nats), accuracy (0..1), confusion (rows: truth, columns: answer), time spent."""

    loss: float
    accuracy: float
    confusion: NDArray[np.int64]
    seconds: float


@contextmanager
def answering(network: nn.Module) -> Iterator[None]:
    """The network as it answers: no dropout, running averages, no gradient; then as it was."""
    was_training = network.training
    network.eval()
    try:
        with torch.inference_mode():
            yield
    finally:
        network.train(was_training)


def evaluation(
    network: nn.Module, data: Data, samples: Samples, piece: int
) -> Generator[None, None, Score]:
    """Evaluate `piece` samples at a time, giving control back between them; returns the Score."""
    classes = len(data.dataset.classes)
    loss = torch.zeros((), device=samples.labels.device)
    confusion = torch.zeros(classes * classes, dtype=torch.int64, device=samples.labels.device)
    seconds = 0.0
    for start in range(0, len(samples), piece):
        began = time.perf_counter()
        inputs, labels = samples.inputs[start:][:piece], samples.labels[start:][:piece]
        with answering(network):
            logits = network(data.normalised(inputs))
            loss += functional.cross_entropy(logits, labels, reduction="sum")
            confusion += _pairs(labels, logits.argmax(1), classes)
        seconds += time.perf_counter() - began
        yield
    counts = confusion.reshape(classes, classes).cpu().numpy()
    accuracy = float(counts.trace()) / len(samples)
    return Score(loss.item() / len(samples), accuracy, counts, seconds)


def _pairs(truth: Tensor, answers: Tensor, classes: int) -> Tensor:
    return torch.bincount(truth * classes + answers, minlength=classes * classes)


def score(
    network: nn.Module,
    data: Data,
    samples: Samples,
    piece: int = 500,
    between: Callable[[], object] = lambda: None,
) -> Score:
    """The whole evaluation at once; `between` is called after each piece."""
    pieces = evaluation(network, data, samples, piece)
    while True:
        try:
            next(pieces)
            between()
        except StopIteration as end:
            result: Score = end.value
            return result


def probabilities(network: nn.Module, inputs: Tensor) -> NDArray[np.float32]:
    """Softmax of the logits of a batch of one: (classes,)."""
    with answering(network):
        answer: NDArray[np.float32] = network(inputs)[0].float().softmax(0).cpu().numpy()
    return answer
