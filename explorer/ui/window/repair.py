"""Ctrl+.: the next repair, wherever on the canvas its problem is."""

from __future__ import annotations

from collections.abc import Callable

from explorer.ui.canvas.placing import mend
from explorer.ui.dialogs.custom import CustomFiles
from explorer.ui.session.store import Selection, Store


def repair_next(
    store: Store, selection: Selection, custom: CustomFiles, say: Callable[[str], None]
) -> None:
    """Repair the selected block's problem, or else the first that has a fix."""
    plan, one = store.plan, selection.one
    own = [plan.problem_of[one]] if one is not None and one in plan.problem_of else []
    mendable = (p for p in (*own, *plan.problems) if p.fix is not None or p.trust)
    problem = next(mendable, None)
    if problem is not None and problem.trust and problem.node is not None:
        custom.ask_trust(problem.node)
    elif problem is not None and problem.fix is not None:
        mend(store, problem.fix)
    else:
        say("No problem here has a fix." if plan.problems else "There is no problem.")
