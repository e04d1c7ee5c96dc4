"""What a user would take instead: Keras 3 on torch, skorch, Lightning, each in its common way.

The same network, samples, batch, rate and Adam in float32; what each does by default it does
here, but for what it prints and for validation.
"""

import os
from argparse import Namespace
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from explorer.datasets import catalogue
from tests.bench._loops import BATCH, MEAN, RATE, STD, Pictures, TutorialCNN

FOREVER = 10_000  # epochs


def arrays() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """All samples, normalised beforehand: (N, 1, 28, 28) and (N,)."""
    found = catalogue.load("mnist")
    inputs = found.train_inputs.astype(np.float32) / 255
    return (inputs - np.float32(MEAN)) / np.float32(STD), found.train_labels


def train_keras(work: Namespace, stepped: Callable[[], None]) -> None:
    """`Sequential`, `compile`, `fit` on arrays, as in Keras' "Simple MNIST convnet"."""
    os.environ["KERAS_BACKEND"] = "torch"
    os.environ["KERAS_HOME"] = str(work.folder)
    import keras
    from keras import layers

    class Steps(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None) -> None:
            stepped()

    inputs, labels = arrays()
    inputs = np.ascontiguousarray(inputs.transpose(0, 2, 3, 1))  # (N, 28, 28, 1)
    with keras.device("gpu" if work.device == "cuda" else work.device):
        model = keras.Sequential(
            [
                keras.Input(shape=(28, 28, 1)),
                layers.Conv2D(32, kernel_size=(3, 3), padding="same", activation="relu"),
                layers.MaxPooling2D(pool_size=(2, 2)),
                layers.Conv2D(64, kernel_size=(3, 3), padding="same", activation="relu"),
                layers.MaxPooling2D(pool_size=(2, 2)),
                layers.Flatten(),
                layers.Dense(128, activation="relu"),
                layers.Dense(10, activation="softmax"),
            ]
        )
        model.compile(
            loss="categorical_crossentropy",
            optimizer=keras.optimizers.Adam(RATE),
            metrics=["accuracy"],
        )
        classes = keras.utils.to_categorical(labels, 10)
        model.fit(inputs, classes, batch_size=BATCH, epochs=FOREVER, verbose=0, callbacks=[Steps()])


def train_skorch(work: Namespace, stepped: Callable[[], None]) -> None:
    """`NeuralNetClassifier` on arrays, as in skorch's MNIST notebook; shuffled like the others."""
    from skorch import NeuralNetClassifier
    from skorch.callbacks import Callback
    from torch import nn, optim

    class Steps(Callback):
        def on_batch_end(self, net, **details) -> None:
            stepped()

    net = NeuralNetClassifier(
        TutorialCNN,
        criterion=nn.CrossEntropyLoss,
        optimizer=optim.Adam,
        lr=RATE,
        batch_size=BATCH,
        max_epochs=FOREVER,
        device=work.device,
        iterator_train__shuffle=True,
        train_split=None,
        verbose=0,
        callbacks=[Steps()],
    )
    net.fit(*arrays())


def train_lightning(work: Namespace, stepped: Callable[[], None]) -> None:
    """A module and a `Trainer`, as in "Lightning in 15 minutes"; its logger and checkpoints on."""
    import lightning
    import torch
    from torch.nn import functional
    from torch.utils.data import DataLoader

    class Tutorial(lightning.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.network = TutorialCNN()

        def training_step(self, batch, batch_idx: int) -> torch.Tensor:
            x, y = batch
            loss = functional.cross_entropy(self.network(x), y)
            self.log("train_loss", loss)
            return loss

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.Adam(self.parameters(), lr=RATE)

    class Steps(lightning.Callback):
        def on_train_batch_end(self, *details) -> None:
            stepped()

    trainer = lightning.Trainer(
        max_epochs=FOREVER,
        accelerator="gpu" if work.device == "cuda" else work.device,
        devices=1,
        default_root_dir=work.folder,
        enable_progress_bar=False,
        enable_model_summary=False,
        callbacks=[Steps()],
    )
    trainer.fit(Tutorial(), DataLoader(Pictures(), batch_size=BATCH, shuffle=True))
