"""What all tests share: no network, the publishers' raw files where they lie, a browser."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from debtcycle.reference import fill
from debtcycle.store import Store

REPOSITORY = Path(__file__).resolve().parents[1]

# No test is timed: a busy machine must not fail what is right.
settings.register_profile("debtcycle", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("debtcycle")


@pytest.fixture(autouse=True, scope="session")
def _own_machine_code(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Machine code of models is kept with the tests' files, for all workers of a run."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.getbasetemp().parent / "kernels"
        patch.setenv("DEBTCYCLE_CACHE", str(folder))
        yield


class NetworkBlocked(Exception):
    """A test tried to leave this machine.

    Not an ``OSError``: code that treats those as "source not reached" must not swallow it.
    """


def _stays_here(host: object) -> bool:
    """Whether a host is this machine; a name other than localhost would need a look-up."""
    if host in (None, "", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host).split("%")[0]).is_loopback
    except ValueError:
        return False


def _connect_guard(original: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family != socket.AF_UNIX and not _stays_here(address[0]):
            raise NetworkBlocked(f"no network in tests: {address!r}")
        return original(self, address)

    return guarded


def _lookup_guard(original: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not _stays_here(host):
            raise NetworkBlocked(f"no network in tests: {host!r}")
        return original(host, *args, **kwargs)

    return guarded


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Refuse every connection that is neither loopback nor a local socket file."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _connect_guard(getattr(socket.socket, name)))
        patch.setattr(socket, "getaddrinfo", _lookup_guard(socket.getaddrinfo))
        yield


@pytest.fixture(scope="session")
def repository() -> Path:
    """Root of the working tree."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Raw files as their publishers wrote them; they are not part of the project."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the publishers' raw files are not beside the repository (../shared/data)")
    return folder


@pytest.fixture(scope="session")
def edition_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with the reference edition and nothing else; tests only read it."""
    path = tmp_path_factory.mktemp("edition") / "store.sqlite"
    with Store.create(path) as store:
        fill(store)
        yield store


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Chromium of the system, as `executable_path` of Playwright."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing: install the system's package `chromium`")
        pytest.skip("Chromium is not installed; the tests of pages need it")
    return Path(found)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every test marked `browser` the browser, so that it skips or fails where none is."""
    for item in items:
        if item.get_closest_marker("browser") and isinstance(item, pytest.Function):
            item.fixturenames.insert(0, "chromium")
