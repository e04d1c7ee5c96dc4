"""Which network and run the engine has: built, begun, resumed, lengthened, rewound."""

from __future__ import annotations

from explorer.engine.checkpoints.checkpoint import load_checkpoint
from explorer.engine.commands.bench import Bench
from explorer.engine.commands.choice import DeviceChoice
from explorer.engine.device.failures import EngineError
from explorer.engine.run.session import Session, session_of
from explorer.plan.plan import Plan
from explorer.protocol import commands as do


class Starts:
    """Each method carries out one command; the session changes only once it can be."""

    def __init__(self, bench: Bench, choice: DeviceChoice) -> None:
        self._bench = bench
        self._choice = choice

    def prepare(self, command: do.Prepare) -> None:
        """An untrained network."""
        self._bench.session = Session(command.plan, self._choice.wanted)
        self._bench.enter("untrained")

    def let_go(self, command: do.LetGo) -> None:
        """No network, and its memory for others."""
        self._bench.session = None
        self._bench.enter("untrained")

    def load_weights(self, command: do.LoadWeights) -> None:
        """A network with the weights of a file."""
        session = Session(command.plan, self._choice.wanted)
        session.load(command.path)
        self._bench.session = session
        self._bench.enter("loaded")

    def set_device(self, command: do.SetDevice) -> None:
        """For the networks to come; one that has learnt nothing yet moves at once."""
        self._choice.choose(command.device)
        session = self._bench.session
        untrained = self._bench.state == "untrained"
        if session is not None and untrained and not self._choice.holds(session):
            self.prepare(do.Prepare(session.plan))

    def train(self, command: do.Train) -> None:
        """A run from the start."""
        session = self._session_for(command.plan)
        session.begin(command.run, self._bench.tell, command.folder)
        self._bench.session = session
        self._bench.enter("paused" if command.paused else "running")

    def _session_for(self, plan: Plan) -> Session:
        """The present session where it is of the same document: what it has measured stays."""
        session = self._bench.session
        same = session is not None and session.plan.document == plan.document
        if session is not None and same and self._choice.holds(session):
            return session
        return Session(plan, self._choice.wanted)

    def resume_run(self, command: do.ResumeRun) -> None:
        """A run from a checkpoint."""
        checkpoint = load_checkpoint(command.path)
        session = session_of(checkpoint, command.plan, self._choice.wanted)
        run = session.resume(checkpoint, command.run, self._bench.tell, command.folder)
        if command.best:
            run.use_best()
        self._bench.session = session
        run.tell_progress()
        if run.over:
            self._bench.enter("finished")
        else:
            self._bench.enter("paused" if command.paused else "running")

    def train_more(self, command: do.TrainMore) -> None:
        """The same run for more epochs."""
        session = self._bench.needed
        if session.run is None:
            raise EngineError("There is no run to lengthen. Press Train.")
        session.run.lengthen(command.epochs)
        if command.folder is not None:
            session.keep_in(command.folder, session.run, self._bench.tell)
        session.run.tell_progress()
        self._bench.enter("running")

    def rewind(self, command: do.Rewind) -> None:
        """The same run from its first step, held."""
        session = self._bench.needed
        if session.run is None:
            self.prepare(do.Prepare(session.plan))
            return
        before = session.run
        folder = before.keeper.folder if before.keeper else None
        run = session.begin(before.number, self._bench.tell, folder)
        # What the window's controls show stays true.
        run.change_rate(before.rate)
        run.change_weight_decay(before.weight_decay)
        for node, p in before.dropouts.items():
            run.change_dropout(node, p)
        run.tell_progress()
        self._bench.enter("paused")
