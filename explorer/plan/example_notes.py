"""What is told of each bundled example before it is opened: its point, and what to expect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExampleNote:
    """Accuracy and time were measured: one epoch, seed 0, one core of a busy server."""

    told: str  # one sentence
    accuracy: float  # share of the test samples after one epoch
    seconds: int  # processor time of that epoch


EXAMPLE_NOTES: Mapping[str, ExampleNote] = {
    "tutorial-cnn": ExampleNote(
        "Convolutions find strokes and their combinations, dense layers name the digit.",
        0.9887,
        17,
    ),
    "tutorial-lstm": ExampleNote(
        "Reads a digit row by row and keeps in its state what it has seen: look at the gates.",
        0.9783,
        16,
    ),
    "tutorial-attention": ExampleNote(
        "Every row of a digit looks at every other: look at the weights of each head.",
        0.9537,
        13,
    ),
    "mlp": ExampleNote(
        "Dense layers only: the yardstick that every other network has to beat.",
        0.9674,
        4,
    ),
    "lenet-5": ExampleNote(
        "The network that read cheques in 1998: convolution, pooling, and three dense layers.",
        0.9754,
        8,
    ),
    "vgg-like": ExampleNote(
        "Small 3 x 3 kernels, two in a row before each pooling, more channels after it.",
        0.9832,
        22,
    ),
    "resnet": ExampleNote(
        "Skip connections add a block's input to its output, so that deep networks learn.",
        0.8418,
        14,
    ),
    "inception-like": ExampleNote(
        "Kernels of several sizes side by side; their maps are put together.",
        0.7070,
        9,
    ),
    "densenet-like": ExampleNote(
        "Each layer gets the maps of all layers before it.",
        0.9854,
        22,
    ),
    "mobilenet-like": ExampleNote(
        "Depth-wise and point-wise convolutions: far fewer multiplications for nearly the same.",
        0.9568,
        10,
    ),
    "cnn-attention": ExampleNote(
        "A convolution finds parts, attention relates them to each other.",
        0.9671,
        19,
    ),
    "vision-transformer": ExampleNote(
        "The picture is cut into patches that attend to each other, as words of a sentence do.",
        0.9497,
        70,
    ),
}
