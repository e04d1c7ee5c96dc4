"""Whether a wire may be drawn, asked while it is still in the user's hand."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.graph.document import Document, Wire
from explorer.graph.edits import ConnectError, check_connect, connect
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
        check_connect(document, wire)
    except ConnectError as error:
        return Verdict(refusal=str(error))
    problem = plan(connect(document, wire)).problem_of.get(wire.target)
    if problem is None or problem.wire is None:
        return Verdict()
    return Verdict(warning=problem.message, fix=problem.fix.label if problem.fix else "")
