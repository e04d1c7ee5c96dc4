"""The few layers that torch lacks: one module a file, needing torch alone."""
