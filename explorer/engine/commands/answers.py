"""Requests that change nothing: a prediction, an export, weights in a file, a trial run."""

from __future__ import annotations

from explorer.engine.commands.bench import Bench
from explorer.engine.network.custom import trial
from explorer.protocol import commands as do
from explorer.protocol.events import ExportProgress, Prediction, Tried, WeightsSaved


class Answers:
    """Each method carries out one command and tells its outcome."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def predict(self, command: do.Predict) -> None:
        """Class probabilities of a picture; a question that has become void is dropped."""
        bench, session = self._bench, self._bench.session
        if command.dataset and not (session and session.takes(command.picture, command.dataset)):
            return
        answer = bench.needed.predict(command.picture)
        document = bench.needed.plan.document
        bench.tell(Prediction(bench.number, command.request, bench.step, answer, document))

    def export(self, command: do.Export) -> None:
        """The network in a form for others."""
        bench = self._bench

        def report(doing: str) -> None:
            bench.leave_if_asked()
            bench.tell(ExportProgress(bench.number, command.request, doing))

        bench.tell(bench.needed.export(command.request, command.format, command.path, report))

    def save_weights(self, command: do.SaveWeights) -> None:
        """The present weights."""
        self._bench.needed.save(command.path)
        self._bench.tell(WeightsSaved(self._bench.number, command.path))

    def try_block(self, command: do.Trial) -> None:
        """A user's block with the shapes that it would get."""
        found = trial(command.block, command.shapes)
        self._bench.tell(Tried(0, command.block, command.shapes, found))
