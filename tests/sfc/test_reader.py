"""Faults of model files: each is found, named and placed, and nothing is ever run."""

from __future__ import annotations

from pathlib import Path

import pytest

from debtcycle import sfc
from debtcycle.errors import ModelError
from debtcycle.i18n import translator
from debtcycle.sfc.declarations import DECLARATIONS
from debtcycle.sfc.reader import MAX_BYTES, read_model

HEAD = """\
model T "a test"
unit money, goods
sector h, f
parameter k = 2 [money/goods]
parameter q [1] "has no value"
variable x [money]
variable y [goods]
"""


def fault(line: str, head: str = HEAD) -> ModelError:
    with pytest.raises(ModelError) as caught:
        sfc.read(head + line + "\n").compile()
    return caught.value


@pytest.mark.parametrize(
    ("line", "message", "column"),
    [
        ("equation x = k*z", "model.unknown", 16),
        ("equation x = y", "model.clash", 10),
        ("equation x = x + y", "model.clash", 16),
        ("equation x = max(y, x)", "model.clash", 14),
        ("equation x = if(x > y, x + x, x)", "model.clash", 19),
        ("equation x = exp(x)*x", "model.clash", 14),
        ("equation x = x*2^y", "model.clash", 17),
        ("equation x = x*k^y", "model.clash", 17),
        ("variable z = 2*k [money]\nequation z = x", "model.clash", 14),
        ("variable z [money goods]", "model.unit", 12),
        ("variable z []", "model.unit", 12),
        ("variable z = 3 [money^0.5]", "model.unit", 16),
        ("equation x = x +", "model.want_value", 17),
        ("equation x = k*y\u2028equation y = 1", "model.character", 17),
        ("equation x = k*y\x0bequation y = 1", "model.character", 17),
        ("equation x", "model.equation", 10),
        ("equation", "model.equation", 1),
        ("equation x = y = k", "model.equation", 10),
        ("equation = x", "model.want_value", 13),
        ("flow pay: h -> h: x", "model.ends", 6),
        ("flow pay: h: x", "model.ends", 6),
        ("flow pay: h -> : x", "model.ends", 6),
        ("flow pay: h -> f", "model.flow", 1),
        ("flow pay: h -> f: x ~ x ~ x", "model.flow", 1),
        ("flow pay", "model.flow", 1),
        ("flow pay: h -> bank: x", "model.sector", 16),
        ("stock m: h x", "model.issuer", 7),
        ("stock m: h -x, f -x", "model.issuer", 7),
        ("stock m", "model.stock", 1),
        ("stock m cost k: h x, f -x", "model.expected", 9),
        ("stock m: h x, -x", "model.sector", 15),
        ("stock m: h x,", "model.want_sector", 14),
        ("revaluation m: h x", "model.stock_unknown", 13),
        ("stock m: h x, h -x", "model.issuer", 7),
        ("revaluation m", "model.revaluation", 1),
        ("market m: k clears x = k*y", "model.price", 20),
        ("market m x = y", "model.market", 1),
        ("primitive p x -> y", "model.primitive", 1),
        ("variable x", "model.twice", 10),
        ("variable min", "model.twice", 10),
        ("variable t", "model.twice", 10),
        ("variable z = ", "model.want_value", 13),
        ("variable z 3", "model.expected", 12),
        ("variable z [apples]", "model.unit", 12),
        ("variable z = w", "model.unknown", 14),
        ("variable z = y", "model.initial", 14),
        ("variable z = z", "model.circular", 14),
        ("variable 3", "model.want_name", 10),
        ("parameter z = k", "model.number", 15),
        ("parameter z = 1e999", "model.overflow", 15),
        ("sector h", "model.twice", 8),
        ("sector g, ", "model.want_name", 10),
        ("unit money", "model.twice", 6),
        ("text 3", "model.expected", 6),
        ('equation x = k*y "a" "b"', "model.want_end", 18),
        ("import os", "model.declaration", 1),
        ("read_model x", "model.declaration", 1),
        ("__init__", "model.character", 1),
        ("Equation x = y", "model.declaration", 1),
        ("equation x = __import__", "model.character", 14),
        ("equation x = k.__class__", "model.character", 15),
        ("equation x = eval(k)", "model.function", 14),
        ('text "unfinished', "model.character", 6),
    ],
)
def test_every_fault_has_its_place(line: str, message: str, column: int) -> None:
    error = fault(line)
    assert error.message_id == message
    assert error.params["line"] == 8
    assert error.params["column"] == column


def test_a_line_that_goes_on_has_its_own_places() -> None:
    error = fault("equation x = k*y\n    + zz  # more\n    + y")
    assert (error.message_id, error.params["line"], error.params["column"]) == (
        "model.unknown", 9, 7,
    )  # fmt: skip
    assert error.params["near"] == "-"


def test_circle_of_first_values_is_named() -> None:
    error = fault("variable a = b + 1\nvariable b = c\nvariable c = 2*a")
    assert error.params["names"] == "a -> b -> c -> a"


def test_first_values_may_use_parameters_and_one_another() -> None:
    text = "model T\nparameter k = 3\nvariable a = 2*b\nvariable b = k + 1\n"
    model = sfc.read(text + "equation a = a[-1]\nequation b = b[-1] + a[-1]*k\n")
    run = model.compile().run(1, parameters={"k": [3.0, 5.0]}, backend="numpy")
    assert run["a"][0].tolist() == [8.0, 12.0]
    assert run["b"][:, 1].tolist() == [6.0, 66.0]


def test_over_and_under_determined() -> None:
    start = "model T\nparameter k = 1\nvariable a\nvariable b\n"
    with pytest.raises(ModelError) as caught:
        sfc.read(start + "equation a = k\nequation b = a\nequation b = 2*a\n").compile()
    assert caught.value.message_id == "model.overdetermined"
    assert (caught.value.params["line"], caught.value.params["column"]) == (7, 10)
    with pytest.raises(ModelError) as caught:
        sfc.read(start + "equation a = k\n").compile()
    assert caught.value.message_id == "model.underdetermined"
    assert (caught.value.params["line"], caught.value.params["names"]) == (4, "b")


def test_two_equations_of_one_variable_are_matched_to_two() -> None:
    model = sfc.read("model T\nvariable a\nvariable b\nequation a = 2*b\nequation a = b + 3\n")
    assert model.compile().run(1, backend="numpy").array()[:, 1, 0] == pytest.approx([6.0, 3.0])


HOSTILE = {
    "one long expression": "equation x = " + "+".join(["k"] * 5_000_000),
    "within the size, one expression": "equation x = " + "+".join(["k"] * 200_000),
    "deep brackets": "equation x = " + "(" * 10_000 + "k" + ")" * 10_000,
    "deep brackets within the bound of tokens": "equation x = " + "(" * 2_000 + "k",
    "deep calls": "equation x = " + "exp(" * 1_000 + "k" + ")" * 1_000,
    "deep powers": "equation x = " + "k^" * 2_000 + "k",
    "many signs": "equation x = " + "-" * 4_000 + "*k",
    "deep differences": "equation x = " + "d(" * 200 + "k" + ")" * 200,
    "many lines": "\n" * 10 + "unit u\n" * 11_000,
    "lines that go on": "text\n" + " a\n" * 150_000,
    "one long string": 'text "' + "a" * 400_000 + '"',
    "quotes": 'text ' + '"' * 100_000,
    "binary": "equation x = \x00\x01",
    "other digits": "equation x = ٣",
    "wide letters": "variable ｘ",
    "format of a message": "equation x = {0.__class__}",
    "code": "equation x = (lambda: 1)()",
    "attributes": "equation x = k.real",
    "import": "import os; os.system('true')",
    "item": "equation x = k['a']",
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_files_are_refused(text: str) -> None:
    error = fault(text)
    assert error.message_id.startswith("model.")
    assert len(str(error)) < 1_000


def test_files(tmp_path: Path) -> None:
    good = tmp_path / "good.model"
    good.write_text("\ufeffmodel G\nvariable a\nequation a = 1\n", encoding="utf-8")
    assert sfc.read(good).name == "G"
    assert sfc.read(str(good)).variables
    for content, message in (
        (b"\xff\xfe\x00", "model.encoding"),
        (b"#" * (MAX_BYTES + 1), "model.size"),
    ):
        bad = tmp_path / "bad.model"
        bad.write_bytes(content)
        with pytest.raises(ModelError, match=message):
            sfc.read(bad)
    with pytest.raises(ModelError, match=r"model\.file"):
        sfc.read(tmp_path / "absent.model")
    with pytest.raises(ModelError, match=r"model\.file"):
        sfc.read("x" * 100_000)


def test_a_hash_in_a_description_is_no_comment() -> None:
    model = sfc.read(
        'model T "no # comment" # but this is\nvariable a "one\n  two"\nequation a = 1\n'
    )
    assert model.title == "no # comment"
    assert model.variables["a"].description == "one two"


def test_units_of_powers_and_roots() -> None:
    head = (
        "model T\nunit m\nparameter k = 4 [m]\nvariable a [m^2]\nvariable b [m^2*m/m]\nvariable c\n"
    )
    tail = "equation b = a\nequation c = k*a^(b/a)\n"
    sfc.read(head + "equation a = k^2 + sqrt(k)*sqrt(k)*k\n" + tail)
    with pytest.raises(ModelError, match=r"model\.clash"):
        sfc.read(head + "equation a = k^3\nequation b = a\nequation c = 1\n")


def test_every_message_of_a_model_has_its_text() -> None:
    import re

    folder = Path(sfc.__file__).parent
    ids = {
        found
        for file in [*folder.glob("*.py"), folder.parent / "cli" / "model.py"]
        for found in re.findall(r'"(model\.[a-z_]+)"', file.read_text(encoding="utf-8"))
    }
    assert len(ids) > 40
    for lang in ("en", "zh"):
        missing = {i for i in ids if i not in translator(lang)}
        assert not missing


def test_the_readme_of_the_language_names_every_declaration() -> None:
    from debtcycle.sfc import reader

    for word in DECLARATIONS:
        assert word in str(reader.__doc__) + str(DECLARATIONS[word].__doc__)


ACCOUNTS = """\
equation x = k*y
equation y = y[-1]
stock m: h x, f -x
"""


@pytest.mark.parametrize(
    ("line", "message", "column"),
    [
        ("flow pay: h -> f: y", "model.account_unit", 6),
        ("flow pay: h -> f: x ~ y", "model.account_unit", 6),
        ("stock n: h y, f -y", "model.account_unit", 7),
        ("stock n price k: h x, f -x", "model.account_unit", 7),
        ("stock real n: h y", "model.account_unit", 12),
        ("revaluation m: h y", "model.account_unit", 13),
        ("revaluation m: h x, h x", "model.revalued", 13),
        ("revaluation m: h x\nrevaluation m: h x", "model.revalued", 13),
    ],
)
def test_accounts_are_in_one_unit_and_revalue_once(line: str, message: str, column: int) -> None:
    error = fault(line, HEAD + ACCOUNTS)
    assert (error.message_id, error.params["line"]) == (message, 11)
    assert error.params["column"] == column


def test_a_price_or_a_missing_unit_brings_accounts_to_one_unit() -> None:
    tail = "stock n price k: h y, f -y\nflow a: h -> f: k*y\nflow b: f -> h: 2*q\n"
    assert sfc.read(HEAD + ACCOUNTS + tail.replace("2*q", "x"))
    without = HEAD.replace("parameter q [1]", "parameter q")
    assert sfc.read(without + ACCOUNTS + tail)
    with pytest.raises(ModelError, match=r"model\.account_unit"):
        sfc.read(HEAD + ACCOUNTS + tail)


def test_a_stock_may_be_revalued_before_it_is_declared() -> None:
    first = "revaluation m: h 0*x, f 0*x\n"
    assert sfc.read(HEAD + first + ACCOUNTS).revaluations


@pytest.mark.parametrize("text", ["", "\n", "model T\n", "# nothing\n", "parameter k = 1\n"])
def test_a_model_without_a_variable_is_none(text: str) -> None:
    with pytest.raises(ModelError, match=r"model\.empty"):
        read_model(text)


def test_a_character_that_cannot_be_seen_is_given_by_number() -> None:
    for character, shown in (("\x1b", "U+001B"), ("\u00a0", "U+00A0"), ("é", "é")):
        assert fault(f"equation x = {character}k").params["character"] == shown


def test_old_and_new_ends_of_lines_count_the_same() -> None:
    for end in ("\n", "\r\n", "\r"):
        text = "model T\nvariable x\n\nequation x = z\n".replace("\n", end)
        with pytest.raises(ModelError) as caught:
            read_model(text)
        assert (caught.value.params["line"], caught.value.params["column"]) == (4, 14)


@pytest.mark.parametrize("value", ["1/(k - 3)", "log(-k)", "k/0", "exp(1000*k)", "1e308*k"])
def test_first_values_that_are_no_numbers_are_refused(value: str) -> None:
    text = f"model T\nparameter k = 3\nvariable x = {value}\nequation x = 1\n"
    with pytest.raises(ModelError) as caught:
        sfc.read(text).compile().run(1, backend="numpy")
    assert caught.value.message_id == "model.first"
    assert (caught.value.params["line"], caught.value.params["column"]) == (3, 14)
    given = sfc.read(text).compile().run(1, start={"x": 2.0}, backend="numpy")
    assert given["x"][:, 0].tolist() == [2.0, 1.0]
