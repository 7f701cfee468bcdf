"""The fence around the tests must hold, or a test could pass by reaching a publisher."""

from __future__ import annotations

import socket
import threading

import pytest


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.org", 443), ("10.0.0.1", 22)])
def test_no_connection_leaves_the_machine(address: tuple[str, int]) -> None:
    with socket.socket() as client, pytest.raises(Exception, match="no network in tests"):
        client.connect(address)


def test_no_name_is_looked_up_outside() -> None:
    with pytest.raises(Exception, match="no network in tests"):
        socket.create_connection(("example.org", 443), timeout=1)


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            server.accept()[0].close()

        greeter = threading.Thread(target=greet)
        greeter.start()
        with socket.create_connection(("localhost", server.getsockname()[1]), timeout=5) as client:
            assert client.recv(1) == b""
        greeter.join()


def test_local_socket_files_are_open(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = str(tmp_path_factory.mktemp("s") / "s")
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(path)
        server.listen()
        client.connect(path)
        assert client.getpeername() == path


@pytest.mark.browser
def test_browser_is_handed_to_marked_tests(request: pytest.FixtureRequest) -> None:
    assert request.getfixturevalue("chromium").is_file()
