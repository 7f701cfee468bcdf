"""What an update says: who is asked, what would be asked, what came of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from debtcycle.cli.failures import say
from debtcycle.cli.session import Session
from debtcycle.report.plain import fit, plain_table

if TYPE_CHECKING:
    from debtcycle.errors import DebtcycleError
    from debtcycle.sources.steps import Question
    from debtcycle.update import House, Result, Summary

__all__ = [
    "houses_json",
    "houses_text",
    "plan_json",
    "plan_text",
    "summary_json",
    "summary_text",
    "wrong_text",
]

_WIDEST = 90
_OWN_REMEDY = frozenset({"source.needs", "source.memory", "source.publisher"})
_COUNTS = ("new", "revised", "unchanged", "quarantined", "failed", "known", "postponed")


def _as_json(found: object) -> str:
    return json.dumps(found, ensure_ascii=False, indent=1)


# --- who is asked ------------------------------------------------------------------------------
def _key_state(house: House) -> str:
    if house.key == "no":
        return "none"
    return "known" if house.key_known else "missing"


def houses_text(session: Session, found: Sequence[House]) -> str:
    """Publishers with addresses, keys, limits and terms."""
    from debtcycle.network import settings_path

    texts = session.texts
    lines = []
    for house in found:
        publisher = house.publisher
        own = texts("update.own_address") if house.own_address else ""
        lines += [
            f"{house.id}: {publisher.name}",
            texts("update.list.address", address=house.address, own=own),
            texts(f"update.list.key.{_key_state(house)}", source=house.id.upper()),
            texts(
                "update.list.limit",
                second=f"{publisher.per_second:g}",
                minute=publisher.per_minute,
            ),
            texts("update.list.terms", terms=publisher.terms),
            "",
        ]
    lines.append(texts("update.list.settings", path=settings_path()))
    return "\n".join(lines)


def houses_json(found: Sequence[House]) -> str:
    """The same as JSON; keys are never shown, only whether they are known."""
    return _as_json(
        [
            {
                "id": house.id,
                "name": house.publisher.name,
                "address": house.address,
                "own_address": house.own_address,
                "key": str(house.key),
                "key_known": house.key_known,
                "per_second": house.publisher.per_second,
                "per_minute": house.publisher.per_minute,
                "terms": house.publisher.terms,
            }
            for house in found
        ]
    )


# --- what would be asked -----------------------------------------------------------------------
def _first(question: Question, today: date) -> str:
    from debtcycle.update import first_request

    request = first_request(question, today=today)
    if request is None:
        return ""
    query = urlencode(request.params, safe=":,/[]")
    return f"{request.path}?{query}" if query else request.path


def plan_text(session: Session, asked: Sequence[Question], today: date) -> str:
    """The questions, each with the first request that it would send."""
    texts = session.texts
    head = [texts(f"update.col.{name}") for name in ("publisher", "question", "request")]
    rows = [(item.publisher, item.name, fit(_first(item, today), _WIDEST)) for item in asked]
    if not rows:
        return texts("update.nothing")
    return f"{plain_table(head, rows)}\n\n{texts('update.dry', n=len(rows))}"


def plan_json(asked: Sequence[Question], today: date) -> str:
    """The same as JSON."""
    return _as_json(
        [
            {
                "publisher": item.publisher,
                "question": item.name,
                "series": list(item.series),
                "options": dict(item.options),
                "first_request": _first(item, today),
            }
            for item in asked
        ]
    )


# --- what came of it ---------------------------------------------------------------------------
def _counts(results: Sequence[Result]) -> Mapping[str, int]:
    """Questions that brought new periods, revisions, nothing new, and so on."""
    found = dict.fromkeys(_COUNTS, 0)
    for item in results:
        found["new"] += item.new_rows > 0
        found["revised"] += item.revised_rows > 0
        if item.outcome.value != "stored":
            found[item.outcome.value] += 1
    return found


def _why(session: Session, error: DebtcycleError) -> str:
    """Why a question failed. What is wrong with an answer is not the user's to correct."""
    text = say(session.texts, error.message_id, error.params)
    if not error.message_id.startswith("source.") or error.message_id in _OWN_REMEDY:
        return text
    return f"{text.splitlines()[0]}\n{session.texts('update.answer_remedy')}"


def _reasons(session: Session, results: Sequence[Result]) -> list[str]:
    """Each failure once, in words and with its remedy, and the questions that it hit."""
    said: dict[str, list[str]] = {}
    for item in results:
        if item.error is not None:
            text = _why(session, item.error)
            said.setdefault(text, []).append(item.question.name)
    return [
        f"{text}\n({_some(session, names)})".replace("\n", "\n    ") for text, names in said.items()
    ]


def _some(session: Session, names: Sequence[str], most: int = 4) -> str:
    shown = ", ".join(names[:most])
    if len(names) <= most:
        return shown
    return session.texts("update.more", first=shown, more=len(names) - most)


def _kept_apart(session: Session, results: Sequence[Result]) -> list[str]:
    return [
        f"{held.series}: {say(session.texts, held.reason, held.params)}".replace("\n", "\n    ")
        for item in results
        for held in item.quarantined
    ]


def _not_taken(session: Session, results: Sequence[Result]) -> list[str]:
    """How many figures differ from those stored and stay out, and which questions brought them."""
    count = sum(item.differing for item in results)
    names = [item.question.name for item in results if item.differing]
    if not count:
        return []
    return [session.texts("update.differing", n=count, names=_some(session, names))]


def wrong_text(session: Session, summary: Summary) -> str:
    """What failed and what is kept apart, with reasons; empty where nothing is wrong."""
    sections = []
    for label, made in (("failed", _reasons), ("quarantined", _kept_apart)):
        found = [
            f"  {line}" if line.startswith(publisher) else f"  {publisher}: {line}"
            for publisher in summary.publishers
            for line in made(session, summary.of(publisher))
        ]
        if found:
            sections.append("\n".join([session.texts(f"update.why.{label}"), *found]))
    return "\n\n".join(sections)


def summary_text(session: Session, summary: Summary, path: Path) -> str:
    """A line a publisher, then what failed and what is kept apart, with reasons."""
    texts = session.texts
    if not summary.results:
        return texts("update.nothing")
    head = [texts("update.col.publisher"), *(texts(f"update.col.{name}") for name in _COUNTS)]
    rows = []
    for publisher in summary.publishers:
        counts = _counts(summary.of(publisher))
        rows.append((publisher, *(str(counts[name]) for name in _COUNTS)))
    lines = [plain_table(head, rows, right=range(1, len(head)))]
    wrong = wrong_text(session, summary)
    lines += ["", wrong] if wrong else []
    new = sum(item.new_rows for item in summary.results)
    revised = sum(item.revised_rows for item in summary.results)
    lines += ["", texts("update.summary", new=new, revised=revised, path=path)]
    lines += _not_taken(session, summary.results)
    if _counts(summary.results)["known"]:
        lines.append(texts("update.known"))
    return "\n".join(lines)


def _publisher_json(session: Session, name: str, results: Sequence[Result]) -> dict[str, object]:
    texts = session.texts
    return {
        "id": name,
        **_counts(results),
        "new_rows": sum(item.new_rows for item in results),
        "revised_rows": sum(item.revised_rows for item in results),
        "differing": sum(item.differing for item in results),
        "series": sorted({series for item in results for series in item.series}),
        "failures": [
            {
                "question": item.question.name,
                "series": list(item.question.series),
                "error": item.error.message_id,
                "reason": _why(session, item.error),
            }
            for item in results
            if item.error is not None
        ],
        "kept_apart": [
            {
                "id": held.id,
                "series": held.series,
                "error": held.reason,
                "reason": say(texts, held.reason, held.params),
            }
            for item in results
            for held in item.quarantined
        ],
    }


def summary_json(session: Session, summary: Summary, path: Path) -> str:
    """The same as JSON; counts are of questions, rows are counted as rows."""
    return _as_json(
        {
            "today": summary.today.isoformat(),
            "store": str(path),
            "interrupted": summary.interrupted,
            "exit_code": summary.exit_code,
            **_counts(summary.results),
            "publishers": [
                _publisher_json(session, name, summary.of(name)) for name in summary.publishers
            ],
        }
    )
