"""``debtcycle status``: what the store holds, how fresh it is, and what is missing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from debtcycle.cli.session import Session, session_of
from debtcycle.cli.words import WordedCommand, shared

if TYPE_CHECKING:
    from debtcycle.catalogue import SeriesInfo
    from debtcycle.store import Store
    from debtcycle.views import View

__all__ = ["Freshness", "command", "freshness_of"]

_ORDER = ("stale", "empty", "restricted", "fresh", "ended")


@dataclass(frozen=True, slots=True)
class Freshness:
    """State of one series today: fresh, stale, ended, empty or restricted."""

    info: SeriesInfo
    state: str
    period: str
    age_days: int | None
    substitute: str | None


def freshness_of(view: View, info: SeriesInfo) -> Freshness:
    """How a series stands on the day of a view."""
    series = view.series(info.id)
    if series.fresh:
        state = "fresh"
    elif len(series):
        state = "stale" if info.exists(view.as_of) else "ended"
    else:
        state = "empty" if info.embed else "restricted"
    stand_in = view.resolve(info.id)
    return Freshness(
        info,
        state,
        str(series.periods[-1]) if len(series) else "",
        series.age_days,
        stand_in.id if stand_in.stands_for else None,
    )


def _head(session: Session, store: Store) -> list[str]:
    from debtcycle.reference import beginning, shipped
    from debtcycle.store.schema import SCHEMA_VERSION

    texts, batches = session.texts, store.batches()
    beside = (store.path.with_name(store.path.name + end) for end in ("", "-wal"))
    size = sum(path.stat().st_size for path in beside if path.exists())
    digest = hashlib.sha256(shipped()).hexdigest()
    began = texts(f"standing.edition.{beginning(store).value}")
    return [
        texts("standing.title"),
        texts("standing.path", path=store.path),
        texts(
            "standing.size",
            mb=f"{size / 1e6:.1f}",
            schema=SCHEMA_VERSION,
            series=len(store.series),
            batches=len(batches),
            last=batches[-1].imported_at[:10] if batches else "-",
        ),
        texts("standing.edition", digest=digest[:12], state=began),
        *filter(None, [session.held_back(store, "standing.quarantine")]),
    ]


def _remark(session: Session, view: View, item: Freshness) -> str:
    texts = session.texts
    state = texts(f"standing.{item.state}")
    if item.substitute:
        name = view.catalogue[item.substitute].name(session.lang)
        return f"{state}{texts('list.semicolon')}{texts('standing.substitute', name=name)}"
    if item.info.substitutes and item.state in {"stale", "empty", "restricted"}:
        return f"{state}{texts('list.semicolon')}{texts('standing.substitute_stale')}"
    return state


def _text(session: Session, store: Store, view: View) -> str:
    from debtcycle.report.plain import plain_table

    texts, lang = session.texts, session.lang
    items = sorted(
        (freshness_of(view, info) for info in view.catalogue),
        key=lambda item: (_ORDER.index(item.state), item.info.id),
    )
    count = {state: sum(item.state == state for item in items) for state in _ORDER}
    rows = [
        (
            item.info.id,
            item.info.name(lang),
            item.period or "-",
            # Projections reach beyond today: they have no age.
            "-" if item.age_days is None or item.age_days < 0 else f"{item.age_days:,}",
            _remark(session, view, item),
        )
        for item in items
    ]
    head = [texts(f"standing.col.{n}") for n in ("series", "name", "period", "age", "state")]
    barred = [f"  {i.info.name(lang)} ({i.info.id})" for i in items if i.state == "restricted"]
    counted = texts(
        "standing.count",
        fresh=count["fresh"],
        stale=count["stale"],
        missing=count["empty"] + count["restricted"],
        today=view.as_of,
    )
    lines = [*_head(session, store), "", counted, texts("standing.update"), ""]
    lines += [plain_table(head, rows, right=(3,))]
    if barred:
        lines += ["", texts("standing.licence"), *barred]
    return "\n".join(lines)


@click.command("status", cls=WordedCommand, help="help.status")
@shared()
@click.pass_context
def command(context: click.Context) -> None:
    """Write place and size of the store and the freshness of every series."""
    session = session_of(context)
    store = session.open_store()
    click.echo(_text(session, store, session.view()))
