"""The essay's economy: what it starts from at a date, and how it moves."""
