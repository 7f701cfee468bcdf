"""What changed since the last answer seen, in words and in JSON."""
