"""A report as blocks without a form: text, Markdown and the page are made from the same."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Block", "Bullets", "Document", "Drawing", "Para", "Section", "Table"]


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph; tone is ``plain``, ``lead``, ``dim`` or ``warn``."""

    text: str
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head.

    Attributes
    ----------
    right : frozenset of int
        Columns with figures.
    title : str
        What the table shows; empty where the section's title says it.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = field(default_factory=frozenset)
    title: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart in characters, to be set in a fixed width; `tint` paints marks on a terminal."""

    lines: tuple[str, ...]
    title: str = ""


Block = Para | Bullets | Table | Drawing


@dataclass(frozen=True, slots=True)
class Section:
    """A titled run of blocks; never empty."""

    key: str
    title: str
    blocks: tuple[Block, ...]

    def __post_init__(self) -> None:
        if not self.blocks:
            raise ValueError(f"the section {self.key} says nothing")


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report in one language."""

    lang: str
    title: str
    sections: tuple[Section, ...]
