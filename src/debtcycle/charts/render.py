"""From spec to picture, on this machine alone.

Specs carry their data; every address, of data or of pictures, is refused before rendering, and
the renderer itself is given an empty list of places that it may read from.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from html import escape
from typing import Any

from debtcycle.charts.spec import Spec, caption_of
from debtcycle.errors import ConfigError

__all__ = ["VEGA_LITE", "render_png", "render_svg"]

VEGA_LITE = "6.4"
# What XML 1.0 has no way to say: the renderer aborts on it.
_NOT_XML = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]"
)
_ID = re.compile(r'\b(id="|url\(#|xlink:href="#|href="#)')


def _addresses(part: Any) -> bool:
    """Whether a spec names a place to read from."""
    if isinstance(part, dict):
        return "url" in part or "href" in part or any(map(_addresses, part.values()))
    return isinstance(part, list | tuple) and any(map(_addresses, part))


def _clean(part: Any) -> Any:
    """A spec whose texts hold only characters that XML knows."""
    if isinstance(part, str):
        return _NOT_XML.sub("", part)
    if isinstance(part, dict):
        return {_clean(key): _clean(value) for key, value in part.items()}
    return list(map(_clean, part)) if isinstance(part, list | tuple) else part


@lru_cache(maxsize=64)
def _svg_of(spec: str) -> str:
    """The picture of a spec written as JSON; the last ones are kept, a page shows them often."""
    # Loading the renderer takes a tenth of a second or more: only those who draw pay for it.
    import vl_convert

    # 6.4 is pinned: another version of the renderer may place labels differently.
    return vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[])


def _raw_svg(spec: Spec) -> str:
    if _addresses(spec):
        raise ConfigError("chart.address", name=spec.get("usermeta", {}).get("name", ""))
    return _svg_of(json.dumps(_clean(spec), allow_nan=False, ensure_ascii=False))


def render_svg(spec: Spec, *, prefix: str = "") -> str:
    """An SVG picture with a title and a description for readers who do not see it.

    Parameters
    ----------
    spec : Spec
    prefix : str, default ""
        Put before every id within the picture, so that several can stand in one page. Letters,
        digits, ``-`` and ``_``.

    Returns
    -------
    str
        ``<svg ... role="img">`` with a view box and its natural size as ``width`` and
        ``height``; no script, no reference outside.

    Raises
    ------
    ConfigError
        ``chart.address`` if the spec names an address to load from.
    """
    caption = caption_of(spec)
    name = f"{prefix}{spec['usermeta']['name']}"
    svg = _ID.sub(lambda found: f"{found[0]}{name}-", _raw_svg(spec))
    head, rest = svg.split(">", 1)
    head = re.sub(r' (role|aria-[a-z]+|class)="[^"]*"', "", head)
    labels = f'role="img" aria-labelledby="{name}-title {name}-desc"'
    return (
        f'{head} {labels}><title id="{name}-title">{escape(_clean(caption.title))}</title>'
        f'<desc id="{name}-desc">{escape(_clean(caption.description))}</desc>{rest}'
    )


def render_png(spec: Spec, *, scale: float = 2.0) -> bytes:
    """A PNG picture of a spec, `scale` pixels to the point."""
    import vl_convert

    # The renderer of bitmaps takes a true minus, where the first font lacks it, from any face
    # it finds, bold italics too; the en dash is in every face and looks the same.
    svg = _raw_svg(spec).replace("\N{MINUS SIGN}", "\N{EN DASH}")
    return vl_convert.svg_to_png(svg, scale=scale)
