"""From the list of publishers and the user's settings to a client that may ask them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from debtcycle.network import (
    Client,
    Endpoint,
    Patience,
    Secret,
    Settings,
    load_settings,
    state_path,
)
from debtcycle.sources.publishers import Key, Publisher, load_publishers

__all__ = ["House", "client_for", "endpoints", "houses", "keyed", "load_user_settings"]


@dataclass(frozen=True, slots=True)
class House:
    """A publisher as the user's settings make it.

    Attributes
    ----------
    key : Key
        Whether it wants one.
    key_known : bool
        Whether one is set.
    address : str
        Where it is asked.
    own_address : bool
        Whether the settings name another address than the publisher's.
    """

    id: str
    publisher: Publisher
    key: Key
    key_known: bool
    address: str
    own_address: bool


def load_user_settings(path: Path | None = None) -> Settings:
    """The user's settings for the publishers that the package knows.

    A key set for a publisher whose series another one fills with a key is that one's: who
    writes ``fred`` means FRED's web service.

    Raises
    ------
    ConfigError
        ``settings.*``.
    """
    known = load_publishers()
    variables = {name: publisher.key_variables for name, publisher in known.items()}
    found = load_settings(known, variables=variables, path=path)
    keys: dict[str, Secret] = {}
    for name, publisher in known.items():
        if publisher.key is Key.NO:
            continue
        named = found.keys.get(name) or found.keys.get(publisher.same_as or "")
        if named is not None:
            keys[name] = named
    return Settings(keys=keys, addresses=found.addresses)


def endpoints(known: Mapping[str, Publisher] | None = None) -> tuple[Endpoint, ...]:
    """Where publishers answer, and how often they may be asked."""
    return tuple(
        Endpoint(
            name=name,
            address=publisher.address,
            per_second=publisher.per_second,
            per_minute=publisher.per_minute,
            # One house, one limit: whoever serves the same series is the same publisher.
            pace=publisher.same_as or name,
            key_param=publisher.key_parameter or "api_key",
        )
        for name, publisher in (load_publishers() if known is None else known).items()
    )


def keyed(settings: Settings) -> frozenset[str]:
    """Publishers for which the user has a key."""
    return frozenset(settings.keys)


def houses(settings: Settings) -> tuple[House, ...]:
    """All publishers as the settings make them."""
    return tuple(
        House(
            name,
            publisher,
            publisher.key,
            name in settings.keys,
            settings.addresses.get(publisher.asked_at or name, publisher.address),
            (publisher.asked_at or name) in settings.addresses,
        )
        for name, publisher in load_publishers().items()
    )


def client_for(
    settings: Settings, *, state: Path | None = None, patience: Patience | None = None
) -> Client:
    """A client that may ask all publishers."""
    folder = state_path() if state is None else state
    return Client(endpoints(), settings=settings, state=folder, patience=patience)
