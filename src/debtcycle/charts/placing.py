"""Where a label beside a dot lies on the least of what is drawn already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Box", "Spot", "crowd_of", "free_place"]

Spot = tuple[float, float]
_STEPS = 12  # points taken along a line
_EDGE = 1.0
_CORNER = 8  # points that may lie under a label before a corner is taken


@dataclass(frozen=True, slots=True)
class Box:
    """A label's middle and size, on scales from -1 to 1."""

    x: float
    y: float
    width: float
    height: float

    def holds(self, spot: Spot) -> bool:
        """Whether a point lies under the label."""
        across = abs(spot[0] - self.x) <= self.width / 2
        return across and abs(spot[1] - self.y) <= self.height / 2

    def filled(self) -> list[Spot]:
        """Points that stand for the label when another one looks for a place."""
        parts = [number / 4 - 0.5 for number in range(5)]
        return [(self.x + a * self.width, self.y + b * self.height) for a in parts for b in parts]

    @property
    def outside(self) -> float:
        """How far it reaches over the edge."""
        across = max(0.0, abs(self.x) + self.width / 2 - _EDGE)
        return across + max(0.0, abs(self.y) + self.height / 2 - _EDGE)


def crowd_of(lines: Sequence[tuple[Spot, Spot]]) -> list[Spot]:
    """Points along lines."""
    return [
        (a[0] + (b[0] - a[0]) * step / _STEPS, a[1] + (b[1] - a[1]) * step / _STEPS)
        for a, b in lines
        for step in range(_STEPS + 1)
    ]


def free_place(dot: Spot, width: float, height: float, busy: Sequence[Spot], *, gap: float) -> Box:
    """The place beside, above or below a dot with the fewest points under it, inside the edge.

    Right, left, above and below come in this order where several are as good. `gap` is kept
    between the dot's middle and the label.
    """
    x, y = dot
    beside, over = gap + width / 2, gap + height / 2
    places = [
        Box(x + beside, y, width, height),
        Box(x - beside, y, width, height),
        Box(x, y + over, width, height),
        Box(x, y - over, width, height),
        *(
            Box(x + side * beside, y + up * over * 1.2, width, height)
            for up in (1, -1)
            for side in (1, -1)
        ),
    ]
    # A label across a corner reads worse than one that lies on a faint line or two.
    awkward = dict.fromkeys(places[4:], _CORNER)

    def cost(box: Box) -> tuple[float, int]:
        return round(box.outside, 6), sum(map(box.holds, busy)) + awkward.get(box, 0)

    return min(places, key=cost)
