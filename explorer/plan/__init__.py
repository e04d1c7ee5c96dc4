"""The one place where a drawing becomes a network description. May import blocks, datasets, graph."""
