"""Pure functions from a view to readings: one module per subject."""
