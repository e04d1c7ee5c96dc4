"""The drawing: a scene that mirrors the document, and one class for each gesture."""
