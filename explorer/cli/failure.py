"""What ends a command with one line of text."""


class CommandError(Exception):
    """A command that can't be carried out, in words for people."""
