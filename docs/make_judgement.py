"""Write the table of inputs and anchors into docs/judgement.*.md, from the code itself."""

from __future__ import annotations

from pathlib import Path

from debtcycle.i18n import translator
from debtcycle.indicators.anchors import ANCHORS, Anchor

HERE = Path(__file__).parent
MARK, END = "<!-- anchors -->", "<!-- end of anchors -->"
HEADS = {
    "en": ("axis", "input", "read as", "depression anchor", "bubble anchor", "formula"),
    "zh": ("轴线", "指标", "读法", "衰退锚点", "泡沫锚点", "公式"),
}
READ_AS = {"en": ("percentile", "value"), "zh": ("百分位", "数值")}


def _row(anchor: Anchor, lang: str) -> str:
    texts = translator(lang)
    cells = (
        texts(f"axis.{anchor.axis}"),
        texts(f"indicator.{anchor.indicator}.name"),
        READ_AS[lang][0 if anchor.on_percentile else 1],
        f"{anchor.depression:+g}" if not anchor.on_percentile else f"{anchor.depression:g}",
        f"{anchor.bubble:+g}" if not anchor.on_percentile else f"{anchor.bubble:g}",
        texts(f"indicator.{anchor.indicator}.formula"),
    )
    return f"| {' | '.join(cells)} |"


def page(text: str, lang: str) -> str:
    """The page with its table made anew."""
    head = HEADS[lang]
    rows = [
        f"| {' | '.join(head)} |",
        f"|{' --- |' * len(head)}",
        *(_row(anchor, lang) for anchor in ANCHORS),
    ]
    before, _, rest = text.partition(MARK)
    _, _, after = rest.partition(END)
    return f"{before}{MARK}\n\n" + "\n".join(rows) + f"\n\n{END}{after}"


def main() -> None:
    """Rewrite both pages in place."""
    for lang in HEADS:
        path = HERE / f"judgement.{lang}.md"
        path.write_text(page(path.read_text(encoding="utf-8"), lang), encoding="utf-8")


if __name__ == "__main__":
    main()
