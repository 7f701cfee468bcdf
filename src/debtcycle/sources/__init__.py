"""What publishers write, read into arrays: one module per layout, each a pure ``parse``."""
