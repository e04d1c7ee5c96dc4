"""The thread of the records keeps nothing of the window's alive."""

import threading

from explorer.ui.session.recording import Recording


class Asker:
    """Says in which thread it went."""

    gone_in = ()

    def question(self, store):
        return 1

    def then(self, answer):
        pass

    def __del__(self):
        Asker.gone_in = (*Asker.gone_in, threading.current_thread())


def test_who_asked_goes_in_the_windows_thread(qtbot, tmp_path):
    """Else a widget's part of Qt could be destroyed beside the window's own thread."""
    Asker.gone_in = ()
    recording = Recording(tmp_path)
    recording.start()
    for _ in range(20):
        asker = Asker()
        recording.ask(asker.question, asker.then)
        del asker
    qtbot.waitUntil(lambda: len(Asker.gone_in) == 20)
    recording.close([])
    assert set(Asker.gone_in) == {threading.main_thread()}
