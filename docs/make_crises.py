"""Write the tables of docs/crises.*.md from the shipped record: nothing there is typed by hand."""

from __future__ import annotations

from pathlib import Path

from debtcycle.crises.record import OddsRow, Record, SkillRow, shipped_record
from debtcycle.i18n import translator

HERE = Path(__file__).parent
MARK, END = "<!-- {name} -->", "<!-- end of {name} -->"
LANGUAGES = ("en", "zh")
Row = tuple[str, ...]


def _table(head: Row, rows: list[Row]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _shown(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def _head(lang: str, *names: str) -> Row:
    texts = translator(lang)
    return tuple(texts(f"crises.col.{name}") for name in names)


def _expected(record: Record, lang: str) -> str:
    texts = translator(lang)
    rows = [
        (
            f"`{item.what}`", f"{item.low:g} – {item.high:g}", f"{item.found:.4g}",
            texts("crises.word.held" if item.held else "crises.word.failed"),
        )
        for item in record.expectations
    ]  # fmt: skip
    return _table(_head(lang, "what", "expected", "found", "outcome"), rows)


def _published(record: Record, lang: str) -> str:
    rows = [
        (f"`{item.what}`", f"{item.published:g}", f"{item.found:.4g}", item.source)
        for item in record.published
    ]
    return _table(_head(lang, "what", "published", "found", "source"), rows)


def _skill(row: SkillRow) -> Row:
    return (
        f"`{row.indicator}`", f"`{row.variant}`", f"`{row.sample}`", str(row.horizon),
        "–" if row.after < 0 else str(row.after), _shown(row.auroc, 3),
        f"{_shown(row.country_low, 3)} – {_shown(row.country_high, 3)}",
        f"{_shown(row.block_low, 3)} – {_shown(row.block_high, 3)}",
        f"{_shown(row.joint_low, 3)} – {_shown(row.joint_high, 3)}", str(row.observations),
        str(row.crises), _shown(row.brier, 4), _shown(row.brier_base, 4), _shown(row.log, 4),
        _shown(row.log_base, 4), _shown(row.usefulness, 3),
        "" if row.hits is None else f"{row.hits} / {row.alarm_crises}",
        "" if row.false_alarms is None else f"{row.false_alarms} / {row.episodes}",
        _shown(row.median_lead_years, 1),
    )  # fmt: skip


def _skills(record: Record, lang: str) -> str:
    head = _head(
        lang, "indicator", "variant", "sample", "within", "after", "area", "by_country",
        "by_block", "by_joint", "years", "crises", "brier", "brier_base", "log", "log_base",
        "usefulness", "hits", "false", "lead",
    )  # fmt: skip
    return _table(head, [_skill(row) for row in record.latest_skills])


def _odds(record: Record, lang: str) -> str:
    """Every specification at the end of its sample, three years ahead."""
    last: dict[tuple[str, str, str, str], OddsRow] = {}
    for row in record.odds:
        if row.horizon == 3:
            key = (row.indicator, row.variant, row.cutoffs, row.state)
            if key not in last or row.known_by > last[key].known_by:
                last[key] = row
    rows = [
        (
            f"`{row.indicator}`", f"`{row.variant}`", f"`{row.cutoffs}`",
            translator(lang)(f"crises.word.{row.state}"), _shown(row.share_pct, 1),
            f"{row.low_pct:.0f} – {row.high_pct:.0f}", str(row.observations), str(row.crises),
            str(row.known_by),
        )
        for row in last.values()
    ]  # fmt: skip
    head = _head(
        lang, "indicator", "variant", "cutoffs", "state", "share", "interval", "years", "crises",
        "known_by",
    )  # fmt: skip
    return _table(head, rows)


def _about(record: Record, lang: str) -> str:
    texts = translator(lang)
    return texts(
        "crises.record_head", tried=record.specifications_tried,
        failed=sum(not item.held for item in record.expectations),
        expected=len(record.expectations), level=f"{record.level_pct:g}",
        draws=record.replications, seed=record.seed,
    )  # fmt: skip


PARTS = {
    "about": _about,
    "expected": _expected,
    "published": _published,
    "odds": _odds,
    "skills": _skills,
}


def page(text: str, lang: str) -> str:
    """The page with its tables made anew.

    Raises
    ------
    ValueError
        Where a mark is missing.
    """
    record = shipped_record()
    for name, part in PARTS.items():
        mark, end = MARK.format(name=name), END.format(name=name)
        before, found, rest = text.partition(mark)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise ValueError(f"{lang}: no place for {name}")
        text = f"{before}{mark}\n\n{part(record, lang)}\n\n{end}{after}"
    return text


def main() -> None:
    """Rewrite both pages in place."""
    for lang in LANGUAGES:
        path = HERE / f"crises.{lang}.md"
        path.write_text(page(path.read_text(encoding="utf-8"), lang), encoding="utf-8")


if __name__ == "__main__":
    main()
