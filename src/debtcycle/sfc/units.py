"""Units: products of base units; what is added, compared or set equal must agree."""

from __future__ import annotations

import re
from fractions import Fraction

from debtcycle.errors import ModelError
from debtcycle.sfc.expression import Op
from debtcycle.sfc.model import Equation, Model, Parameter, Variable

__all__ = ["Unit", "check_units", "parse_unit"]

# Exponents by base unit, sorted; None is a unit that was not said and goes with any.
Unit = tuple[tuple[str, Fraction], ...] | None
ONE: Unit = ()

_FACTOR = re.compile(r"([*/]?)([A-Za-z_][A-Za-z0-9_]*|1)(?:\^(-?\d+))?")


def parse_unit(text: str, known: tuple[str, ...], line: int) -> Unit:
    """Unit spelt as a product, e.g. ``"money/goods"`` or ``"1"``.

    Raises
    ------
    ModelError
        ``model.unit`` if it is misspelt or a base unit was not declared.
    """
    powers: dict[str, Fraction] = {}
    position = 0
    while position < len(text):
        match = _FACTOR.match(text, position)
        if match is None or (match[2] != "1" and match[2] not in known):
            raise ModelError("model.unit", line=line, column=1, unit=text, known=", ".join(known))
        sign = -1 if match[1] == "/" else 1
        if match[2] != "1":
            powers[match[2]] = powers.get(match[2], Fraction(0)) + sign * int(match[3] or 1)
        position = match.end()
    return _packed(powers)


def _packed(powers: dict[str, Fraction]) -> Unit:
    return tuple(sorted((name, power) for name, power in powers.items() if power))


def _times(a: Unit, b: Unit, sign: int) -> Unit:
    if a is None or b is None:
        return None
    powers = dict(a)
    for name, power in b:
        powers[name] = powers.get(name, Fraction(0)) + sign * power
    return _packed(powers)


def spelt(unit: Unit) -> str:
    """A unit as text."""
    if unit is None:
        return "?"
    return "*".join(n if p == 1 else f"{n}^{p}" for n, p in unit) or "1"


class _Checker:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.graph = model.graph
        self.known: dict[int, Unit] = {}
        entries: list[Variable | Parameter] = [
            *model.variables.values(),
            *model.parameters.values(),
        ]
        self.declared: dict[str, Unit] = {
            entry.name: None
            if entry.unit is None
            else parse_unit(entry.unit, model.units, entry.line)
            for entry in entries
        }

    def clash(self, equation: Equation, a: Unit, b: Unit) -> ModelError:
        return ModelError(
            "model.clash",
            line=equation.line,
            column=equation.column,
            left=spelt(a),
            right=spelt(b),
        )

    def same(self, equation: Equation, nodes: tuple[int, ...]) -> Unit:
        """Common unit of nodes; a bare number goes with any unit."""
        units = [self.known[n] for n in nodes if self.graph.constant_of(n) is None]
        said = [unit for unit in units if unit is not None]
        for unit in said[1:]:
            if unit != said[0]:
                raise self.clash(equation, said[0], unit)
        if not units:
            return None
        return said[0] if said else None

    def unit(self, equation: Equation, number: int) -> Unit:
        node = self.graph.nodes[number]
        args = node.args
        if node.symbol is not None:
            return self.declared.get(node.symbol.name)
        if node.op is Op.CONST:
            return None
        if node.op in (Op.ADD, Op.SUB, Op.MIN, Op.MAX):
            return self.same(equation, args)
        if node.op in (Op.NEG, Op.ABS):
            return self.known[args[0]]
        if node.op in (Op.MUL, Op.DIV):
            sides = [ONE if self.graph.constant_of(a) is not None else self.known[a] for a in args]
            return _times(sides[0], sides[1], 1 if node.op is Op.MUL else -1)
        if node.op is Op.WHERE:
            return self.same(equation, args[1:])
        if node.op in (Op.POW, Op.SQRT):
            return self.power(args)
        if node.op in (Op.EXP, Op.LOG):
            return ONE
        if node.op in (Op.CALL, Op.OUTPUT):
            return None  # a primitive answers for its own units
        self.same(equation, args)  # comparisons
        return ONE

    def power(self, args: tuple[int, ...]) -> Unit:
        base = self.known[args[0]]
        exponent = 0.5 if len(args) == 1 else self.graph.constant_of(args[1])
        if base is None or base == ONE:
            return base
        if exponent is None:
            return None
        factor = Fraction(exponent).limit_denominator(1000)
        return _packed({name: power * factor for name, power in base})

    def check(self, equation: Equation) -> None:
        for number in self.graph.reachable(equation.left, equation.right):
            if number not in self.known:
                self.known[number] = self.unit(equation, number)
        self.same(equation, (equation.left, equation.right))


def check_units(model: Model) -> None:
    """Refuse equations whose sides, sums or comparisons mix units.

    Raises
    ------
    ModelError
        ``model.clash`` with line and column, or ``model.unit``.
    """
    checker = _Checker(model)
    for equation in (*model.equations, *model.redundant):
        checker.check(equation)
