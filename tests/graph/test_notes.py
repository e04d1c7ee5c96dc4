"""Notes in the document and in its file."""

import json
from dataclasses import replace

import pytest

from explorer.blocks.catalogue import block_of
from explorer.graph.document import Document, Note
from explorer.graph.edits import fragment
from explorer.graph.files import DocumentError, dump, load
from explorer.graph.limits import LEAST_SIDE
from explorer.graph.notes import add_note, note_of, remove_note, set_note


def noted():
    document, _ = add_note(Document(), "first\nline", 12, -24)
    return add_note(document, "Größe “é” 漢字", 0.5, 1e5)[0]


def test_round_trip_and_absence():
    document = noted()
    assert load(dump(document), block_of).document == document
    assert "notes" not in json.loads(dump(Document()))
    assert dump(load(dump(document), block_of).document) == dump(document)


def test_edits():
    document = noted()
    note = note_of(document, "note1")
    changed = set_note(document, replace(note, text="x", width=1.0, height=1e9))
    assert note_of(changed, "note1").width == LEAST_SIDE
    assert note_of(changed, "note1").height < 1e5
    assert note_of(changed, "note2") is note_of(document, "note2")
    assert remove_note(document, "note1").notes == document.notes[1:]
    assert add_note(remove_note(document, "note1"), "", 0, 0)[1] == "note1"
    assert fragment(document, []).notes == ()


def test_equal_ids_in_a_file_are_told_apart():
    record = json.loads(dump(noted()))
    record["notes"] = [{"id": "a", "text": "1"}, {"id": "a", "text": "2"}, {"text": "3"}]
    notes = load(json.dumps(record), block_of).document.notes
    assert [note.text for note in notes] == ["1", "2", "3"]
    assert len({note.id for note in notes}) == 3


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (7, "notes[0] should be an object"),
        ({"id": 3}, '"id" should be text'),
        ({"id": "a", "text": []}, '"text" should be text'),
        ({"id": "a", "x": "left"}, '"x" should be a number'),
        ({"id": "a", "x": True}, '"x" should be a number'),
        ({"id": "a", "y": float("nan")}, '"y" is nan'),
        ({"id": "a", "x": 10**400}, '"x" is 1000'),
        ({"id": "a", "width": -5}, '"width" is -5'),
        ({"id": "a", "height": float("inf")}, '"height" is inf'),
    ],
)
def test_damaged_rows_are_told(row, words):
    record = json.loads(dump(Document()))
    record["notes"] = [row]
    with pytest.raises(DocumentError) as error:
        load(json.dumps(record), block_of)
    assert words in str(error.value)


def test_a_place_of_a_thousand_digits_is_told_too():
    record = json.loads(dump(Document()))
    record["nodes"] = [{"id": "a", "kind": "relu", "x": 10**400, "y": 0}]
    with pytest.raises(DocumentError, match="a place lies within"):
        load(json.dumps(record), block_of)


def test_too_many_or_too_long():
    record = json.loads(dump(Document()))
    record["notes"] = [{"id": "a", "text": "x" * 10_000}]
    (note,) = load(json.dumps(record), block_of).document.notes
    assert len(note.text) == 5_000
    record["notes"] = [{}] * 501
    with pytest.raises(DocumentError, match="501 notes"):
        load(json.dumps(record), block_of)
    assert note == Note("a", "x" * 5_000)
