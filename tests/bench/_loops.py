"""The loops that people write by hand: the hand-tuned one and that of the tutorials."""

import math
import os
import time
from argparse import Namespace
from collections.abc import Callable

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from explorer.datasets import catalogue

BATCH = 64
MEAN, STD = 0.1307, 0.3081
RATE = 0.001
TRIALS = 20  # steps with each number of threads


class TutorialCNN(nn.Module):
    """The network of the tutorials, written by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, padding=1)
        self.conv2 = nn.Conv2d(32, 64, 3, padding=1)
        self.pool = nn.MaxPool2d(2, 2)
        self.fc1 = nn.Linear(64 * 7 * 7, 128)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.pool(functional.relu(self.conv1(x)))
        x = self.pool(functional.relu(self.conv2(x)))
        x = functional.relu(self.fc1(torch.flatten(x, 1)))
        return self.fc2(x)


def to_tensor(picture) -> torch.Tensor:
    """What torchvision's `ToTensor` does with a picture of PIL."""
    x = torch.from_numpy(np.array(picture, np.uint8, copy=True))
    x = x.view(picture.size[1], picture.size[0], len(picture.getbands()))
    x = x.permute((2, 0, 1)).contiguous()
    return x.to(dtype=torch.get_default_dtype()).div(255)


class Normalize(nn.Module):
    """What torchvision's `Normalize` does."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x.clone()
        mean = torch.as_tensor((MEAN,), dtype=x.dtype, device=x.device)
        std = torch.as_tensor((STD,), dtype=x.dtype, device=x.device)
        if (std == 0).any():
            raise ValueError("a deviation of zero")
        return x.sub_(mean.view(-1, 1, 1)).div_(std.view(-1, 1, 1))


class Pictures(Dataset):
    """MNIST as the tutorials have it: torchvision's, with `ToTensor` and `Normalize`.

    The same operations as torchvision 0.28 does for each sample (`datasets/mnist.py`,
    `transforms/functional.py`, `transforms/_functional_tensor.py`), which itself needs a torch of
    one exact build. Its bit-equal samples took 84 to 93 microseconds each where these take 67 to
    72: its checks of types and versions are left out.
    """

    def __init__(self) -> None:
        from PIL import Image

        arrays = catalogue.load("mnist")
        self.data = torch.tensor(arrays.train_inputs[:, 0])
        self.targets = torch.tensor(arrays.train_labels)
        self._picture = Image.fromarray
        self._transforms = [to_tensor, Normalize()]

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, place: int) -> tuple[torch.Tensor, int]:
        x, label = self.data[place], int(self.targets[place])
        x = self._picture(x.numpy())
        for transform in self._transforms:
            x = transform(x)
        return x, label


def best_threads(network: nn.Module, raw: torch.Tensor, labels: torch.Tensor) -> int:
    """The number of threads, of all cores and ever half of them, with the fastest single step."""
    counts = [torch.get_num_threads() >> halved for halved in range(8)]
    best = {count: math.inf for count in counts if count}
    for _ in range(TRIALS):
        for count in best:
            torch.set_num_threads(count)
            began = time.perf_counter()
            functional.cross_entropy(network(raw.float()), labels).backward()
            best[count] = min(best[count], time.perf_counter() - began)
    return min(best, key=best.__getitem__)


def train_bare(work: Namespace, stepped: Callable[[], None]) -> None:
    """What a person would write who knows the tricks: nothing but the steps."""
    device = torch.device(work.device)
    if device.type == "cuda":
        torch.backends.cudnn.benchmark = True
        torch.backends.cudnn.allow_tf32 = False  # float32, like the engine
    arrays = catalogue.load("mnist")
    inputs = torch.tensor(arrays.train_inputs, device=device)
    labels = torch.tensor(arrays.train_labels, device=device)
    network = TutorialCNN().to(device, memory_format=torch.channels_last)
    optimiser = torch.optim.Adam(network.parameters(), lr=RATE, fused=True)
    total = torch.zeros((), device=device)
    if device.type == "cpu" and "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(best_threads(network, inputs[:BATCH], labels[:BATCH]))
    while True:
        order = torch.randperm(len(labels), device=device)
        for step, picked in enumerate(order.split(BATCH)):
            x = inputs[picked].float().div_(255).sub_(MEAN).div_(STD)
            loss = functional.cross_entropy(network(x), labels[picked])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss.detach()
            if step % 50 == 49:
                total.item()
                total.zero_()
            stepped()


def train_tutorial(work: Namespace, stepped: Callable[[], None]) -> None:
    """The loop of most tutorials: DataLoader, plain Adam, a number read each step."""
    device = torch.device(work.device)
    network = TutorialCNN().to(device)
    optimiser = torch.optim.Adam(network.parameters(), lr=RATE)
    loader = DataLoader(Pictures(), batch_size=BATCH, shuffle=True)
    running_loss = 0.0
    while True:
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            optimiser.zero_grad()
            loss = functional.cross_entropy(network(x), y)
            loss.backward()
            optimiser.step()
            running_loss += loss.item()
            stepped()
