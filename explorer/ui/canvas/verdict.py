"""Whether a wire may be drawn, and what becomes of the rest, asked while it is in the hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from explorer.graph.document import Document, Wire
from explorer.graph.drawn_edits import connect_drawn
from explorer.graph.failures import EditError
from explorer.graph.folding import drawn
from explorer.plan.plan import Plan, plan

MOST_TOLD = 2  # of what breaks elsewhere


@dataclass(frozen=True, slots=True)
class Verdict:
    """Refused: it can't be drawn. Warning: it can, and leads to this problem."""

    refusal: str = ""
    warning: str = ""
    fix: str = ""  # the words of the repair that will be offered
    replaces: tuple[Wire, ...] = ()  # these go, as an input takes one wire
    breaks: tuple[str, ...] = ()  # what is wrong elsewhere then and was not before, in words

    @property
    def costs(self) -> str:
        """What is replaced and what breaks, in words; empty where nothing is."""
        words = []
        if self.replaces:
            words.append(f"Replaces {', '.join(map(str, self.replaces))}.")
        words += self.breaks[:MOST_TOLD]
        rest = len(self.breaks) - MOST_TOLD
        if rest > 0:
            words.append(f"And {rest} more problem{'s' if rest > 1 else ''}.")
        return " ".join(words)


def judge(document: Document, wire: Wire, present: Document | None = None) -> Verdict:
    """What drawing this wire would lead to; `present`: what the user sees, where the wire in the
    hand is already taken off `document`.
    """
    try:
        connected = connect_drawn(document, wire)
    except EditError as error:
        return Verdict(refusal=str(error))
    targets = drawn(document).real(wire)
    now, then = plan(present or document), plan(connected)
    found = (then.problem_of[real.target] for real in targets if real.target in then.problem_of)
    problem = next((one for one in found if one.wire is not None), None)
    kept = set(connected.wires)
    gone = tuple(one for one in document.wires if one not in kept)
    return Verdict(
        warning=problem.message if problem is not None else "",
        fix=problem.fix.label if problem is not None and problem.fix else "",
        replaces=gone,
        breaks=(*_loose(connected, gone), *_breaks(now, then, {real.target for real in targets})),
    )


def _breaks(now: Plan, then: Plan, targets: set[str]) -> Iterator[str]:
    """Problems elsewhere that were not there before."""
    known = {(problem.node, problem.message) for problem in now.problems}
    for problem in then.problems:
        new = (problem.node, problem.message) not in known and problem.node not in targets
        if new and problem.severity == "error":
            yield problem.message


def _loose(connected: Document, replaced: tuple[Wire, ...]) -> Iterator[str]:
    """Blocks that nothing reads any more."""
    read = {wire.source for wire in connected.wires}
    for name in dict.fromkeys(wire.source for wire in replaced):
        if name not in read:
            yield f"{name} would lead nowhere."
