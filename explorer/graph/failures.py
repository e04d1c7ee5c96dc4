"""Why an edit can't be done."""


class EditError(ValueError):
    """An edit that can't be done, in words for people."""
