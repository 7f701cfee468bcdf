"""``debtcycle claims``: the 44 claims with state and numbers."""

from __future__ import annotations

import click

from debtcycle.cli.output import emit
from debtcycle.cli.report import judged
from debtcycle.cli.session import session_of
from debtcycle.cli.words import WordedCommand, option, shared

__all__ = ["command"]

_EVIDENCE = 8
_WIDTH = 100


@click.command("claims", cls=WordedCommand, help="help.claims")
@option("--as-of", metavar="YYYY-MM-DD", help="opt.as_of")
@option("--format", "form", type=click.Choice(("text", "json")), default="text", help="opt.format")
@shared()
@click.pass_context
def command(context: click.Context, as_of: str | None, form: str) -> None:
    """Write every claim with its rule, its figures, and what would change it."""
    session = session_of(context)
    judgement, view = judged(session, as_of, record=False)
    if form == "json":
        from debtcycle.report.as_json import claims_json

        emit(session, claims_json(judgement), None)
        return
    from debtcycle.report.build import words_of
    from debtcycle.report.plain import wrapped
    from debtcycle.report.sections.ledger_of_claims import claim_evidence

    words = words_of(session.lang, view.catalogue)
    lines = [words("claims.head", date=judgement.as_of), ""]
    for result in judgement.claims:
        key = f"claim.{result.id}"
        state = words(f"claim.state.{result.state.value}")
        lines.append(f"{result.id:>2}  [{state}] {words(f'{key}.title')}")
        for said in (
            claim_evidence(words, result, _EVIDENCE),
            words("claims.rule", text=words(f"{key}.rule")),
            words("claims.would_change", text=words(f"{key}.what_would_change")),
        ):
            lines += [f"    {part}" for part in wrapped(said, _WIDTH - 4)]
        lines.append("")
    emit(session, "\n".join(lines), None)
