"""The one place where a drawing becomes a network description. Imports blocks, datasets, graph."""
