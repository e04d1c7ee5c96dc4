"""What a large batch costs in the engine's thread, with and without the memory that stays.

Each training is a process of its own, for the C library is told once; they take turns.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import threading
import time

from tests.bench._turns import ROOT

BATCH, STEPS, TURNS = 512, 12, 3


def train() -> None:
    """Some steps of the tutorial CNN in a thread; prints ms and page faults of a step as JSON."""
    import resource

    from explorer.engine.run.session import Session
    from explorer.engine.run.train import Beat
    from explorer.graph.edits import set_training
    from explorer.plan.plan import plan
    from explorer.protocol.mailbox import EventBox
    from tests.bench._ours import long_document

    def work() -> None:
        events = EventBox()
        document = set_training(long_document(), {"batch": BATCH})
        run = Session(plan(document), "cpu").begin(1, events.put)

        def steps(wanted: int) -> None:
            while wanted:
                wanted -= run.advance() is Beat.STEP
                events.take()

        steps(STEPS)
        faults, began = resource.getrusage(resource.RUSAGE_SELF).ru_minflt, time.perf_counter()
        steps(STEPS)
        took = time.perf_counter() - began
        faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - faults
        print(json.dumps({"ms": 1000 * took / STEPS, "faults": faults / STEPS}))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def measured(keeps: bool) -> dict[str, float]:
    """One training in a new process."""
    told = "keep_memory" if keeps else "bool"
    source = f"from explorer.engine.device.memory import keep_memory; {told}(); "
    source += "from explorer.engine import environment as e; e.keep_memory = bool; "
    source += "e.prepare_environment(); from tests.bench.memory import train; train()"
    environment = {key: value for key, value in os.environ.items() if "MALLOC_" not in key}
    done = subprocess.run(
        [sys.executable, "-c", source],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def main() -> None:
    """Measure and print."""
    rounds = [(measured(keeps=True), measured(keeps=False)) for _ in range(TURNS)]
    print(f"tutorial CNN, batch {BATCH}, in a thread, {STEPS} steps, median of {TURNS}")
    for title, turns in zip(("kept", "glibc's own"), zip(*rounds, strict=True), strict=True):
        ms, faults = (statistics.median(turn[name] for turn in turns) for name in ("ms", "faults"))
        print(f"{title:12} {ms:7.1f} ms a step   {faults:9,.0f} page faults a step")
    ratio = statistics.median(own["ms"] / kept["ms"] for kept, own in rounds)
    print(f"{ratio:.2f} times as fast")


if __name__ == "__main__":
    main()
