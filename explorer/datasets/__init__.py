"""The bundled data: one file is one dataset. May import explorer.graph and explorer.resources."""
