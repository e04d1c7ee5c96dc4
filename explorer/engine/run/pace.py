"""How fast a run goes, and when that is told."""

from __future__ import annotations

PROGRESS_S = 0.2


class Pace:
    """The time of a step, smoothed over a second; `seconds` are those that a run was at work."""

    def __init__(self) -> None:
        self.step_s = 0.0  # 0: not known yet
        self._told_step, self._told_seconds = 0, 0.0

    def due(self, seconds: float) -> bool:
        """Whether it is time to tell."""
        return seconds - self._told_seconds >= PROGRESS_S

    def note(self, step: int, seconds: float) -> None:
        """So far it has come."""
        steps = step - self._told_step
        if steps:
            step_s = (seconds - self._told_seconds) / steps
            self.step_s = (self.step_s + step_s) / 2 if self.step_s else step_s
        self.begin(step, seconds)

    def begin(self, step: int, seconds: float) -> None:
        """Count from here."""
        self._told_step, self._told_seconds = step, seconds
