"""Writing the text of the model: blocks of variables with their equations."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["Block", "total"]

WIDTH = 96


def total(parts: Iterable[str]) -> str:
    """A sum as text."""
    return " + ".join(parts)


def _wrapped(line: str) -> str:
    """A declaration, continued on indented lines where it is long."""
    words, lines = line.split(" "), [""]
    for word in words:
        room = WIDTH if len(lines) == 1 else WIDTH - 4
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return "\n    ".join(lines)


class Block:
    """One named block of the model's text."""

    def __init__(self, title: str) -> None:
        self.lines = [f"\n# --- {title}"]

    def find(self, name: str, unit: str, equation: str, meaning: str) -> None:
        """A variable and the equation ``name = equation``."""
        self.lines.append(_wrapped(f'variable {name} [{unit}] "{meaning}"'))
        self.lines.append(_wrapped(f"equation {name} = {equation}"))

    def price(self, name: str, market: str, clears: str, meaning: str) -> None:
        """A variable that clears a market."""
        self.lines.append(_wrapped(f'variable {name} [1] "{meaning}"'))
        self.lines.append(_wrapped(f"market {market}: {name} clears {clears}"))

    def name(self, name: str, unit: str, meaning: str) -> None:
        """A variable that a primitive gives."""
        self.lines.append(_wrapped(f'variable {name} [{unit}] "{meaning}"'))

    def opening(self, name: str, unit: str, meaning: str) -> None:
        """A parameter that the opening state sets."""
        self.lines.append(_wrapped(f'parameter {name} [{unit}] "{meaning}"'))

    def say(self, line: str) -> None:
        """Any other declaration."""
        self.lines.append(_wrapped(line))

    def text(self) -> str:
        """The block as text."""
        return "\n".join(self.lines)
