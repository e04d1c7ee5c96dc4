"""Offers autosaved copies that programs have left: each by name and time, until it is answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from explorer.ui.session.autosave import Copy, Source, left_behind
from explorer.ui.session.messages import MessageBar

AT_ONCE = 3  # more would push other offers out of the message bar; they follow
Restore = Callable[[Copy, Source | None], bool]


class Recovery:
    """A copy goes only when its own offer is answered with Discard, or its document is saved."""

    def __init__(self, folder: Path, messages: MessageBar, restore: Restore) -> None:
        self._folder, self._messages, self._restore = folder, messages, restore
        self._offered: dict[Path, str] = {}  # the message about each
        self._unanswered = 0

    def offer(self) -> None:
        """Offer the newest that have not been offered yet, the newest on top."""
        waiting = [c for c in left_behind(self._folder) if c.path not in self._offered]
        room = AT_ONCE - self._unanswered
        for copy in waiting[-room:] if room > 0 else ():
            self._unanswered += 1
            self._tell(copy)

    def _tell(self, copy: Copy) -> None:
        title, source = copy.about()
        self._offered[copy.path] = text = self._words(title, copy)
        self._messages.tell(
            "warning",
            text,
            actions=(
                ("Restore", lambda: self._answer(copy, lambda: self._restore(copy, source))),
                ("Discard", lambda: self._answer(copy, lambda: _discard(copy))),
            ),
        )

    def _words(self, title: str, copy: Copy) -> str:
        """No two are alike: the bar takes those for one message."""
        when = copy.when(datetime.now())
        text = f"'{title}' was not saved. Its unsaved changes of {when} were kept."
        alike = sum(each.startswith(text) for each in self._offered.values())
        return f"{text} Copy {alike + 1}." if alike else text

    def _answer(self, copy: Copy, act: Callable[[], bool]) -> None:
        """Only where no other window has it by now; where it fails the copy stays."""
        self._unanswered -= 1
        if not copy.path.is_file():
            self._messages.tell("warning", "It was restored or discarded in another window.")
        elif not copy.claim():
            self._messages.tell("warning", "It is open in another window by now.")
        elif not act():
            copy.unlock()
            self._unanswered += 1
            self._tell_damaged(copy)
        self.offer()

    def _tell_damaged(self, copy: Copy) -> None:
        self._messages.tell(
            "error",
            f"{self._messages.text} The copy was kept: {copy.path}.",
            actions=(("Discard", lambda: self._answer(copy, lambda: _discard(copy))),),
        )


def _discard(copy: Copy) -> bool:
    copy.drop()
    copy.unlock()
    return True
