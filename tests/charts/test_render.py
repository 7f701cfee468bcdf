"""Pictures: well formed, described, self-contained, and deaf to addresses."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from charts.samples import DRAWN
from debtcycle.charts import caption_of, render_png, render_svg
from debtcycle.charts.render import _svg_of
from debtcycle.errors import ConfigError
from debtcycle.i18n import LANGUAGES, translator

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert('x')</script>\"&]]>"


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_svg_is_well_formed_and_described(name: str, lang: str) -> None:
    spec = DRAWN[name](translator(lang), "name", 0.3)
    root = ET.fromstring(render_svg(spec, prefix="p-"))
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    title, description = root[0], root[1]
    assert (title.tag, description.tag) == (f"{SVG}title", f"{SVG}desc")
    assert title.text == caption_of(spec).title
    assert description.text == caption_of(spec).description
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(set(ids)) == len(ids)
    assert all(str(found).startswith(f"p-{name}") for found in ids)


@pytest.mark.parametrize("name", DRAWN)
def test_references_inside_a_picture_point_to_its_own_ids(name: str) -> None:
    svg = render_svg(DRAWN[name](translator("en"), "name", 0.3), prefix="p-")
    ids = set(re.findall(r'\bid="([^"]+)"', svg))
    assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= ids
    assert not re.search(r'(?:href|src)="(?!#)', svg), "a reference outside"


@pytest.mark.parametrize("name", DRAWN)
def test_names_stay_text(name: str) -> None:
    svg = render_svg(DRAWN[name](translator("en"), HOSTILE, 0.3))
    root = ET.fromstring(svg)
    assert not [element for element in root.iter() if element.tag.endswith("script")]
    assert "<script" not in svg


@pytest.mark.parametrize("text", ["a\x1b[31mb\x00", "a\x0bb\ufffe", "a\x85\ud800b"])
@pytest.mark.parametrize("name", DRAWN)
def test_what_xml_cannot_say_is_left_out(name: str, text: str) -> None:
    spec = DRAWN[name](translator("en"), text, 0.3)
    ET.fromstring(render_svg(spec))
    assert render_png(spec, scale=0.2).startswith(b"\x89PNG")


def test_the_same_spec_gives_the_same_picture() -> None:
    spec = DRAWN["axes"](translator("zh"), "name", 0.3)
    first = render_svg(spec)
    _svg_of.cache_clear()
    assert render_svg(spec) == first


def test_png_is_a_picture_in_both_languages() -> None:
    for lang in LANGUAGES:
        made = render_png(DRAWN["axes"](translator(lang), "name", 0.3), scale=1.0)
        assert made.startswith(b"\x89PNG\r\n")
        assert len(made) > 5000


@pytest.mark.parametrize(
    "part",
    [
        {"data": {"url": "https://example.invalid/a.csv"}},
        {"mark": {"type": "image", "url": "file:///etc/hostname"}},
        {"layer": [{"mark": {"type": "text", "href": "https://example.invalid"}}]},
    ],
)
def test_a_spec_with_an_address_is_refused(part: dict[str, object]) -> None:
    spec = {**DRAWN["axes"](translator("en"), "name", 0.3), **part}
    for render in (render_svg, render_png):
        with pytest.raises(ConfigError) as refused:
            render(spec)
        assert refused.value.message_id == "chart.address"
