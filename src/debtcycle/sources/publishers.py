"""Who is asked: addresses, terms of use, limits, keys, and which series each one fills."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files

import msgspec

from debtcycle.errors import ConfigError

__all__ = ["Key", "Publisher", "load_publishers", "parse_publishers"]


class Key(StrEnum):
    """Whether a publisher answers without a key."""

    YES = "yes"
    OPTIONAL = "optional"
    NO = "no"


class Publisher(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One address that is asked.

    Attributes
    ----------
    name : str
        Who it is, as written in lists.
    address : str
        Default address, without a slash at its end; settings may name another.
    terms : str
        Page with the terms of use.
    per_second, per_minute : float, int
        Most requests, over all processes of a machine.
    key : Key
        Whether a key is needed.
    key_parameter : str or None
        Name under which the key goes into the query.
    key_variables : tuple of str
        Environment variables in which users of this publisher keep their key.
    series : tuple of str
        Catalogue ids that it fills.
    via : str or None
        It also fills what the catalogue has *via* this, unless another publisher claims it.
    same_as : str or None
        Publisher whose series it fills in its place, where the user has a key.
    asked_at : str or None
        Publisher at whose address its questions are put, and whose limits count.
    codes : mapping of id to str
        The publisher's name of a series where the catalogue's is another.
    monthly : mapping of id to str
        Series that are daily there and monthly here, with the way of aggregating.
    parts : mapping of id to tuple of str
        The publisher's series that add up to one of the catalogue.
    truncated : mapping of id to int
        Years that are served of a series, whatever its true length.
    """

    name: str
    address: str
    terms: str
    per_second: float
    per_minute: int
    key: Key
    key_parameter: str | None = None
    key_variables: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    via: str | None = None
    same_as: str | None = None
    asked_at: str | None = None
    codes: Mapping[str, str] = {}
    monthly: Mapping[str, str] = {}
    parts: Mapping[str, tuple[str, ...]] = {}
    truncated: Mapping[str, int] = {}

    def code(self, series_id: str) -> str:
        """The publisher's name of a series."""
        return self.codes.get(series_id, series_id)


def _check(found: Mapping[str, Publisher]) -> None:
    claimed: dict[str, str] = {}
    for key, publisher in found.items():
        references = (publisher.same_as, publisher.asked_at)
        problems = (
            ("address", not publisher.address.startswith("https://")),
            ("address", publisher.address.endswith("/")),
            ("terms", not publisher.terms.startswith("https://")),
            ("per_second", publisher.per_second <= 0 or publisher.per_minute <= 0),
            ("key_parameter", (publisher.key is not Key.NO) is not bool(publisher.key_parameter)),
            ("asked_at", any(name is not None and name not in found for name in references)),
        )
        for field, wrong in problems:
            if wrong:
                raise ConfigError("catalogue.invalid", series=key, field=field)
        for series_id in publisher.series:
            if claimed.setdefault(series_id, key) != key:
                raise ConfigError("catalogue.invalid", series=key, field=f"series {series_id}")


def parse_publishers(text: bytes) -> Mapping[str, Publisher]:
    """Read and check a list of publishers.

    Raises
    ------
    ConfigError
        ``catalogue.invalid`` naming the publisher and the field.
    """
    try:
        found = msgspec.toml.decode(text, type=dict[str, Publisher])
    except msgspec.DecodeError as error:
        raise ConfigError("catalogue.invalid", series="-", field=str(error)) from error
    _check(found)
    return found


@lru_cache(maxsize=1)
def load_publishers() -> Mapping[str, Publisher]:
    """The publishers that the package knows, read once."""
    return parse_publishers((files("debtcycle.sources") / "publishers.toml").read_bytes())
