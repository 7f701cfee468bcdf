"""Write the table of publishers into the pages about updates: ``python docs/make_update.py``."""

from __future__ import annotations

from pathlib import Path

from debtcycle.sources.publishers import load_publishers

HEADS = {
    "en": ("source", "who, with the terms of use", "address", "most requests", "key"),
    "zh": ("来源", "发布方及使用条款", "地址", "请求上限", "密钥"),
}
RATES = {
    "en": "{second:g} a second, {minute} a minute",
    "zh": "每秒{second:g}次，每分钟{minute}次",
}
KEYS = {
    "en": {"no": "no", "optional": "optional", "yes": "needed"},
    "zh": {"no": "不需要", "optional": "可选", "yes": "需要"},
}
BEGIN, END = "<!-- publishers -->", "<!-- /publishers -->"


def table(lang: str) -> str:
    """The publishers as the package knows them."""
    lines = [f"| {' | '.join(HEADS[lang])} |", f"|{'---|' * len(HEADS[lang])}"]
    for name, item in load_publishers().items():
        rate = RATES[lang].format(second=item.per_second, minute=item.per_minute)
        key = KEYS[lang][item.key.value]
        cells = (f"`{name}`", f"[{item.name}]({item.terms})", f"`{item.address}`", rate, key)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def page(text: str, lang: str) -> str:
    """A page with the table between its marks made anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table(lang)}\n{END}{after}"


if __name__ == "__main__":
    for language in HEADS:
        place = Path(__file__).with_name(f"update.{language}.md")
        made = page(place.read_text(encoding="utf-8"), language)
        place.write_text(made, encoding="utf-8")
