"""Reports: the judgement in words and tables, as text, Markdown, JSON and a page."""
