"""The report as Markdown: the same sections, tables as tables, drawings in fixed width."""

from __future__ import annotations

from debtcycle.report.document import Block, Bullets, Document, Drawing, Para, Table

__all__ = ["render_markdown"]


def _cell(text: str) -> str:
    return _safe(text).replace("|", "\\|").replace("\n", " ") or " "


def _safe(text: str) -> str:
    """Characters that Markdown would read as marks, kept as what they are."""
    for mark in ("\\", "`", "*", "_", "<"):
        text = text.replace(mark, f"\\{mark}")
    return text


def _table(block: Table) -> list[str]:
    rule = ["---:" if n in block.right else "---" for n in range(len(block.head))]
    lines = [f"**{_safe(block.title)}**", ""] if block.title else []
    lines += [
        f"| {' | '.join(_cell(c) for c in block.head)} |",
        f"| {' | '.join(rule)} |",
    ]
    return lines + [f"| {' | '.join(_cell(c) for c in row)} |" for row in block.rows]


def _lines(block: Block) -> list[str]:
    if isinstance(block, Para):
        text = _safe(block.text)
        return [{"lead": f"**{text}**", "dim": f"*{text}*"}.get(block.tone, text)]
    if isinstance(block, Bullets):
        return [f"- {_safe(item)}" for item in block.items]
    if isinstance(block, Drawing):
        head = [f"**{_safe(block.title)}**", ""] if block.title else []
        return [*head, "```text", *(line.rstrip() for line in block.lines), "```"]
    return _table(block)


def render_markdown(document: Document) -> str:
    """The document as Markdown."""
    lines = [f"# {_safe(document.title)}", ""]
    for section in document.sections:
        lines += [f"## {_safe(section.title)}", ""]
        for block in section.blocks:
            lines += [*_lines(block), ""]
    return "\n".join(lines).rstrip() + "\n"
