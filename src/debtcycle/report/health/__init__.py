"""The health of the series in words, figures and a page."""
