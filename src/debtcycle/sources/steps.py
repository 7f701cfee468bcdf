"""How a publisher is asked, without asking: requests out, bodies in, figures at the end.

A question is what one wants to know of a publisher, e.g. all vintages of GDP. Its steps are a
generator: it gives a request, is sent the body of the answer, gives the next one (a further page,
the next chunk of vintages), and returns the parsed figures. It opens no connection, so that the
same steps serve a live update, a rebuild from archived bodies, and a test.
"""

from __future__ import annotations

from collections.abc import Generator
from enum import StrEnum

import msgspec

from debtcycle.sources.announcements import Announcement
from debtcycle.sources.parsed import Parsed

__all__ = ["Form", "Part", "Question", "Request", "Steps"]

Part = Parsed | Announcement


class Form(StrEnum):
    """What a body must look like, checked before it is parsed."""

    CSV = "csv"
    JSON = "json"
    ZIP = "zip"
    WORKBOOK = "workbook"


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One request below a publisher's address.

    Attributes
    ----------
    publisher : str
        Key of the address in the settings, e.g. ``"fred"``.
    path : str
        Path below that address, with a leading slash.
    params : tuple of (str, str)
        Query, in order; never a secret.
    keyed : bool
        Whether the publisher's key belongs into the query; whoever sends it puts it there.
    bulk : bool
        Whether the answer is a whole collection of tables, larger than one series can be.
    final : bool
        Whether answers that are the same as last time up to this one are the same as a whole:
        no request follows, or the answers themselves say which. Not so where the day decides how
        many follow, e.g. one a year: another one may be due.
    """

    publisher: str
    path: str
    params: tuple[tuple[str, str], ...] = ()
    form: Form = Form.CSV
    keyed: bool = False
    bulk: bool = False
    final: bool = True


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of a publisher, as it is kept beside the archived bodies.

    Attributes
    ----------
    publisher : str
        Whose figures; chooses the steps.
    name : str
        Short name, unique within the publisher, e.g. ``"WALCL"`` or ``"soma"``.
    series : tuple of str
        Catalogue ids that the answer fills.
    options : tuple of (str, str)
        What else the steps need, e.g. the first day wanted.
    """

    publisher: str
    name: str
    series: tuple[str, ...]
    options: tuple[tuple[str, str], ...] = ()


Steps = Generator[Request, bytes, tuple[Part, ...]]
