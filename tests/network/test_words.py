"""Whatever goes wrong is said in both languages, in three lines at most, with a remedy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from debtcycle.cli.failures import say
from debtcycle.i18n import LANGUAGES, translator


def _ids(repository: Path) -> set[str]:
    """Message ids that the rooms raise, whole or as the end of one."""
    text = "\n".join(
        path.read_text(encoding="utf-8")
        for room in ("network", "update")
        for path in (repository / "src" / "debtcycle" / room).glob("*.py")
    )
    whole = set(re.findall(r'"((?:network|settings)\.[a-z_]+)"', text))
    ends = set(re.findall(r'(?:Fault|return)\(?\s*\(?"([a-z_]+)", ?\{', text))
    ends |= set(re.findall(r'BodyFault\("([a-z_]+)"', text))
    ends |= {"key", "forbidden", "empty", "rate_limited", "length", "protocol", "reset"}
    return whole | {f"network.{end}" for end in ends - {"busy"}}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_fault_has_words_and_a_remedy(lang, repository):
    ids, texts = _ids(repository), translator(lang)
    assert len(ids) >= 30
    for key in sorted(ids):
        assert key in texts, key
        assert 2 <= len(say(texts, key, {}).splitlines()) <= 3, key
