"""Whether a wire may be drawn, asked while it is still in the user's hand."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.graph.document import Document, Wire
from explorer.graph.drawn_edits import connect_drawn
from explorer.graph.failures import EditError
from explorer.graph.folding import drawn
from explorer.plan.plan import plan


@dataclass(frozen=True, slots=True)
class Verdict:
    """Refused: it can't be drawn. Warning: it can, and leads to this problem."""

    refusal: str = ""
    warning: str = ""
    fix: str = ""  # the words of the repair that will be offered


def judge(document: Document, wire: Wire) -> Verdict:
    """What drawing this wire would lead to."""
    try:
        connected = connect_drawn(document, wire)
    except EditError as error:
        return Verdict(refusal=str(error))
    problems, targets = plan(connected).problem_of, drawn(document).real(wire)
    found = (problems[real.target] for real in targets if real.target in problems)
    problem = next(found, None)
    if problem is None or problem.wire is None:
        return Verdict()
    return Verdict(warning=problem.message, fix=problem.fix.label if problem.fix else "")
