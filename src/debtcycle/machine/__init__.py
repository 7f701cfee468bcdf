"""The essay's economy: one mechanism, run from any date."""
