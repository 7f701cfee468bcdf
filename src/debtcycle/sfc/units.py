"""Units: products of base units; what is added, compared or set equal must agree."""

from __future__ import annotations

import re
from fractions import Fraction

from debtcycle.errors import ModelError
from debtcycle.sfc.expression import Op
from debtcycle.sfc.model import Equation, Initial, Model, Parameter, Variable

__all__ = ["Unit", "check_units", "parse_unit"]

# Exponents by base unit, sorted; None is a unit that was not said and goes with any.
Unit = tuple[tuple[str, Fraction], ...] | None
ONE: Unit = ()
Place = tuple[int, int]

_FACTOR = re.compile(r"([*/]?)([A-Za-z_][A-Za-z0-9_]*|1)(?:\^(-?\d+))?")


def parse_unit(text: str, known: tuple[str, ...], line: int, column: int = 1) -> Unit:
    """Unit spelt as a product, e.g. ``"money/goods"`` or ``"1"``.

    Raises
    ------
    ModelError
        ``model.unit`` if it is misspelt or a base unit was not declared.
    """
    powers: dict[str, Fraction] = {}
    position, spelt_out = 0, text.replace(" * ", "*").replace(" / ", "/").replace(" ^ ", "^")
    while position < len(spelt_out) or not position:
        match = _FACTOR.match(spelt_out, position)
        signed = match is not None and bool(match[1]) == bool(position)
        if match is None or not signed or (match[2] != "1" and match[2] not in known):
            listed = ", ".join(known) or "-"
            raise ModelError("model.unit", line=line, column=column, unit=text, known=listed)
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
            else parse_unit(entry.unit, model.units, entry.line, entry.column)
            for entry in entries
        }

    def clash(self, place: Place, a: Unit, b: Unit) -> ModelError:
        line, column = place
        return ModelError("model.clash", line=line, column=column, left=spelt(a), right=spelt(b))

    def same(self, place: Place, nodes: tuple[int, ...]) -> Unit:
        """Common unit of nodes; a bare number goes with any unit."""
        units = [self.known[n] for n in nodes if self.graph.constant_of(n) is None]
        said = [unit for unit in units if unit is not None]
        for unit in said[1:]:
            if unit != said[0]:
                raise self.clash(place, said[0], unit)
        return said[0] if said else None

    def unit(self, place: Place, number: int) -> Unit:
        node = self.graph.nodes[number]
        place = self.model.places.get(number, place)
        args = node.args
        if node.symbol is not None:
            return self.declared.get(node.symbol.name)
        if node.op is Op.CONST:
            return None
        if node.op in (Op.ADD, Op.SUB, Op.MIN, Op.MAX):
            return self.same(place, args)
        if node.op in (Op.NEG, Op.ABS):
            return self.known[args[0]]
        if node.op in (Op.MUL, Op.DIV):
            sides = [ONE if self.graph.constant_of(a) is not None else self.known[a] for a in args]
            return _times(sides[0], sides[1], 1 if node.op is Op.MUL else -1)
        if node.op is Op.WHERE:
            return self.same(place, args[1:])
        if node.op in (Op.POW, Op.SQRT):
            return self.power(place, args)
        if node.op is Op.EXP:
            self.pure(place, args[0])
            return ONE
        if node.op is Op.LOG:
            return ONE  # of any unit: a change of unit is a constant in an elasticity
        if node.op in (Op.CALL, Op.OUTPUT):
            return None  # a primitive answers for its own units
        self.same(place, args)  # comparisons
        return ONE

    def pure(self, place: Place, node: int) -> None:
        """Refuse an exponent that has a unit."""
        if self.known[node] not in (None, ONE):
            raise self.clash(place, self.known[node], ONE)

    def power(self, place: Place, args: tuple[int, ...]) -> Unit:
        base = self.known[args[0]]
        exponent = 0.5 if len(args) == 1 else self.graph.constant_of(args[1])
        if exponent is None:
            self.pure(place, args[1])
        if base is None or base == ONE:
            return base
        if exponent is None:
            return None
        factor = Fraction(exponent).limit_denominator(1000)
        return _packed({name: power * factor for name, power in base})

    def of(self, place: Place, root: int) -> Unit:
        """Unit of an expression."""
        for number in self.graph.reachable(root):
            if number not in self.known:
                self.known[number] = self.unit(place, number)
        return None if self.graph.constant_of(root) is not None else self.known[root]

    def equation(self, equation: Equation) -> None:
        """Both sides have one unit."""
        place = (equation.line, equation.column)
        for side in (equation.left, equation.right):
            self.of(place, side)
        self.same(place, (equation.left, equation.right))

    def initial(self, name: str, item: Initial) -> None:
        """A first value has the unit of its variable."""
        place, wanted = (item.line, item.column), self.declared[name]
        found = self.of(place, item.value)
        if None not in (wanted, found) and wanted != found:
            raise self.clash(place, wanted, found)

    def accounts(self) -> None:
        """All that a sector holds, pays and receives has one unit, and so have both ends."""
        model = self.model
        cells: list[tuple[Place, str, Unit]] = []
        for stock in model.stocks:
            place = (stock.line, stock.column)
            price = ONE if stock.price is None else self.of(place, stock.price)
            for holding in stock.holdings:
                value = _times(price, self.of(place, holding.value), 1)
                cells.append((place, holding.sector, value))
        for flow in model.flows:
            place = (flow.line, flow.column)
            cells.append((place, flow.payer, self.of(place, flow.paid)))
            cells.append((place, flow.receiver, self.of(place, flow.received)))
        for revaluation in model.revaluations:
            place = (revaluation.line, revaluation.column)
            cells += [(place, c.sector, self.of(place, c.value)) for c in revaluation.changes]
        first: Unit = None  # rows tie the columns together: one unit for the whole matrix
        for place, sector, unit in cells:
            if unit is not None and first is not None and unit != first:
                raise ModelError(
                    "model.account_unit",
                    line=place[0],
                    column=place[1],
                    sector=sector,
                    left=spelt(unit),
                    right=spelt(first),
                )
            first = unit if first is None else first


def check_units(model: Model) -> None:
    """Refuse equations, first values and accounts that mix units.

    Raises
    ------
    ModelError
        ``model.clash`` or ``model.account_unit`` with line and column, or ``model.unit``.
    """
    checker = _Checker(model)
    for equation in (*model.equations, *model.redundant):
        checker.equation(equation)
    for name, item in model.initial.items():
        checker.initial(name, item)
    checker.accounts()
