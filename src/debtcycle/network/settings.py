"""Addresses and keys of the user: a small file that only its owner reads, and the environment.

The file is TOML::

    [keys]
    fred = "..."

    [addresses]
    fred = "http://127.0.0.1:8000"

The environment goes before the file: ``DEBTCYCLE_KEY_FRED``, ``DEBTCYCLE_URL_FRED``, and what
other programs of a publisher's users read, e.g. ``FRED_API_KEY``. No key is ever taken from the
command line, where other users of the machine could read it.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from platformdirs import user_config_path, user_state_path

from debtcycle.errors import ConfigError
from debtcycle.network.secret import Secret

__all__ = [
    "Settings",
    "check_address",
    "is_loopback",
    "load_settings",
    "settings_path",
    "split_address",
    "state_path",
]

# A shorter one would be found by chance in what a publisher says, and taken for a leak.
_KEY = re.compile(r"[!-~]{8,256}")
_PLAIN = re.compile(r"[a-z_]{1,16}")
_MAX_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user has set.

    Attributes
    ----------
    keys : mapping of str to Secret
        Key by publisher.
    addresses : mapping of str to str
        Address by publisher, where it is not the publisher's own.
    """

    keys: Mapping[str, Secret] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)


def settings_path() -> Path:
    """Where the settings lie: ``$DEBTCYCLE_CONFIG``, else the user's configuration folder."""
    named = os.environ.get("DEBTCYCLE_CONFIG")
    return Path(named) if named else user_config_path("debtcycle", appauthor=False) / "config.toml"


def state_path() -> Path:
    """Where processes share how often they ask: ``$DEBTCYCLE_STATE``, else the user's folder."""
    named = os.environ.get("DEBTCYCLE_STATE")
    return Path(named) if named else user_state_path("debtcycle", appauthor=False)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its very name."""
    import ipaddress

    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def split_address(text: str) -> SplitResult | None:
    """The parts of an address; None where it is none that could be asked."""
    try:
        parts = urlsplit(text)
        sound = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or 1)
    except ValueError:
        return None
    if not sound or "@" in parts.netloc or re.search(r"[\s\x00-\x1f\x7f\\]", text):
        return None
    return parts


def check_address(publisher: str, text: str) -> str:
    """An address without a slash at its end.

    Raises
    ------
    ConfigError
        ``settings.address`` if it is not ``http(s)://host[:port][/path]``: no user, no query.
    """
    parts = split_address(text)
    if parts is None or parts.query or parts.fragment:
        # What was written is not shown: it may hold a password.
        raise ConfigError("settings.address", publisher=publisher)
    return text.rstrip("/")


def _check_key(publisher: str, text: object) -> Secret:
    if not isinstance(text, str) or not _KEY.fullmatch(text.strip()):
        raise ConfigError("settings.key", publisher=publisher)
    return Secret(text.strip())


def _read(path: Path) -> Mapping[str, object]:
    """The file's tables; empty where there is no file.

    Raises
    ------
    ConfigError
        ``settings.mode`` if others may read or write the file; ``settings.unreadable`` or
        ``settings.toml`` if it cannot be read.
    """
    reason, line, text = None, None, ""
    try:
        # A pipe would be waited for until somebody writes into it.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as handle:
            found = os.fstat(handle.fileno())
            if not stat.S_ISREG(found.st_mode) or found.st_size > _MAX_BYTES:
                reason = "not a small file"
            elif stat.S_IMODE(found.st_mode) & 0o077:
                raise ConfigError("settings.mode", path=path, mode=f"{found.st_mode & 0o777:03o}")
            else:
                text = handle.read(_MAX_BYTES).decode("utf-8-sig")
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError:
        reason = "UTF-8"
    except OSError as error:
        reason = error.strerror or type(error).__name__
    if reason is not None:
        raise ConfigError("settings.unreadable", path=path, reason=reason)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        line = at.group(1) if at else "?"
    # Raised out here: the parser's own error may quote the line, and the line may hold a key.
    raise ConfigError("settings.toml", path=path, line=line)


def _name(name: str, value: object, known: Sequence[str]) -> str:
    """A name as it may be shown: where key and name were swapped, it is the key."""
    swapped = isinstance(value, str) and value.lower() in known
    return name if _PLAIN.fullmatch(name) and not swapped else "***"


def _tables(path: Path, known: Sequence[str]) -> dict[str, dict[str, object]]:
    """Keys and addresses of the file.

    Raises
    ------
    ConfigError
        ``settings.unknown`` where it names something else.
    """
    tables: dict[str, dict[str, object]] = {"keys": {}, "addresses": {}}
    for name, table in _read(path).items():
        if name not in tables or not isinstance(table, dict):
            shown = _name(name, table, known)
            raise ConfigError("settings.unknown", path=path, name=shown, known=", ".join(tables))
        tables[name].update(table)
        other = next((item for item in table if item not in known), None)
        if other is not None:
            shown = _name(other, table[other], known)
            raise ConfigError("settings.unknown", path=path, name=shown, known=", ".join(known))
    return tables


def _variable(kind: str, publisher: str) -> str:
    return f"DEBTCYCLE_{kind}_{re.sub(r'[^A-Z0-9]', '_', publisher.upper())}"


def load_settings(
    publishers: Iterable[str],
    *,
    variables: Mapping[str, Sequence[str]] | None = None,
    path: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Read the user's settings.

    Parameters
    ----------
    publishers : iterable of str
        Names that may be set.
    variables : mapping of str to sequence of str, optional
        Variables in which users of a publisher keep its key, e.g. ``FRED_API_KEY``.
    path : Path, optional
        The file; `settings_path` by default. It need not exist.
    environ : mapping, optional
        The environment; that of the process by default.

    Raises
    ------
    ConfigError
        ``settings.mode``, ``settings.unreadable``, ``settings.toml``, ``settings.unknown``,
        ``settings.address`` or ``settings.key``. No error shows a key.
    """
    known = tuple(publishers)
    environ = os.environ if environ is None else environ
    tables = _tables(settings_path() if path is None else path, known)
    for publisher in known:
        others = () if variables is None else variables.get(publisher, ())
        for name, wanted in (
            ("keys", (_variable("KEY", publisher), *others)),
            ("addresses", (_variable("URL", publisher),)),
        ):
            value = next((environ[item] for item in wanted if environ.get(item)), None)
            if value is not None:
                tables[name][publisher] = value
    return Settings(
        keys={name: _check_key(name, text) for name, text in tables["keys"].items()},
        addresses={name: check_address(name, str(t)) for name, t in tables["addresses"].items()},
    )
