"""Text from a document made safe for Python source: quoted strings, lines of prose, class names."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata

from explorer.graph.form import Argument

LETTERS = ("CJK UNIFIED", "HIRAGANA LETTER", "KATAKANA LETTER", "HANGUL SYLLABLE", "LATIN")
# Letters that linters take for a slip of the keyboard: dotless i, long s, and three like / and \.
LOOK_ALIKES = frozenset("\u0131\u017f\u30ce\u4e36\u4e3f")
LAST_LATIN = 0x17F
LONGEST_CLASS = 40


def prose(text: str, width: int = 60) -> str:
    """One line for a docstring or a comment: nothing that ends it, at most `width` columns."""
    line: list[str] = []
    used = 0
    for character in " ".join(text.split()):
        shown = _shown(character)
        wide = len(shown) == 1 and unicodedata.east_asian_width(shown) in "WF"
        used += 2 if wide else len(shown)
        if used > width:
            return "".join(line).rstrip() + " ..."
        line.append(shown)
    return "".join(line).strip()


def _shown(character: str) -> str:
    if character == '"':
        return "'"
    if character == "\\":
        return "\\\\"
    if " " <= character <= "~":
        return character
    name = unicodedata.name(character, "")
    foreign = name.startswith("LATIN") and ord(character) > LAST_LATIN
    plain = character.isalpha() and name.startswith(LETTERS) and not foreign
    if plain and character not in LOOK_ALIKES:
        return character
    return ascii(character)[1:-1]


def literal(value: Argument) -> str:
    """A parameter's value as a formatter would leave it."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, tuple):
        inside = ", ".join(literal(part) for part in value)
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    return repr(value)


def quoted(text: str) -> str:
    """A string literal in ASCII, in double quotes unless those would need escapes."""
    shown = ascii(text)
    if shown[0] == "'" and '"' not in shown and "\\'" not in shown:
        return f'"{shown[1:-1]}"'
    if shown[0] == "'":  # holds double quotes: with both kinds, fewer escapes decide
        body = shown[1:-1].replace("\\'", "'")
        if body.count("'") >= body.count('"'):
            body = body.replace('"', '\\"')
            return f'"{body}"'
    return shown


def class_name(title: str, taken: frozenset[str] = frozenset()) -> str:
    """TutorialCnn from "Tutorial CNN"; never a keyword, a builtin or one of `taken`."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    words = re.findall(r"[A-Za-z0-9]+", plain)
    name = "".join(word[0].upper() + word[1:].lower() for word in words)[:LONGEST_CLASS]
    if not name or name[0].isdigit():
        name = f"Network{name}"[:LONGEST_CLASS]
    if len(name) == 1 or keyword.iskeyword(name) or hasattr(builtins, name) or name in taken:
        name += "Network"
    return name


def snake_name(title: str) -> str:
    """tutorial_cnn from "Tutorial CNN": a file's name."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", class_name(title)).lower()
