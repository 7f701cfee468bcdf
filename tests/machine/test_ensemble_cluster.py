"""Ensembles on a Dask cluster of real processes: the same bytes, whatever happens to a worker."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debtcycle.errors import ConfigError
from debtcycle.machine.ensemble import cluster as rooms
from debtcycle.machine.ensemble import run_ensemble
from debtcycle.machine.ensemble.chunks import Chunk, Group
from debtcycle.machine.ensemble.cluster import local_cluster
from machine.ar_paths import AutoRegressions

distributed = pytest.importorskip("distributed", reason="the extra `dask` is not installed")
CommClosedError = pytest.importorskip(
    "distributed.comm.core", reason="the extra `dask` is not installed"
).CommClosedError
psutil = pytest.importorskip("psutil", reason="it comes with the extra `dask`")

PATHS = 6_000
JOB = AutoRegressions(PATHS)
SEED = 42


@pytest.fixture(scope="module")
def wanted() -> bytes:
    return run_ensemble(JOB, PATHS, seed=SEED, workers=2).to_bytes()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with local_cluster(1) as made:
        yield made


def scaled(cluster: Any, workers: int) -> str:
    """Address of the cluster, once it has so many workers."""
    cluster.scale(workers)
    with distributed.Client(cluster, set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=60)
    return str(cluster.scheduler_address)


def run(address: str, job: AutoRegressions = JOB, **more: Any) -> bytes:
    return run_ensemble(job, PATHS, seed=SEED, cluster=address, **more).to_bytes()


def test_one_two_and_four_workers_give_the_bytes_of_threads(cluster, wanted):
    for workers in (1, 2, 4):
        told: list[int] = []
        address = scaled(cluster, workers)
        assert run(address, progress=lambda done, _, told=told: told.append(done)) == wanted
        assert told[-1] == PATHS
        assert told == sorted(told)
    assert run(address, chunk_paths=1024) == wanted


def test_a_cluster_of_this_machine_is_reached_from_nowhere_else(cluster):
    scaled(cluster, 2)
    family = [psutil.Process(), *psutil.Process().children(recursive=True)]
    open_to = {
        connection.laddr.ip
        for process in family
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert open_to == {"127.0.0.1"}


def test_workers_of_this_machine_keep_their_memory(cluster):
    address = scaled(cluster, 1)
    names = ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "OMP_NUM_THREADS")
    with distributed.Client(address, set_as_default=False) as client:
        (found,) = client.run(lambda: [os.environ.get(name) for name in names]).values()
    assert found == [str(2**30), str(2**25), "1"]


def put_aside_there() -> int:
    """Arrays that are kept for later where this is called."""
    from debtcycle.machine.ensemble import spare

    return len(sys.modules[spare.__module__]._aside)


def test_workers_leave_their_spare_memory_after_a_run(cluster, wanted):
    address = scaled(cluster, 1)
    assert run(address, chunk_paths=1024) == wanted
    with distributed.Client(address, set_as_default=False) as client:
        assert set(client.run(put_aside_there).values()) == {0}


def gone(process: int) -> bool:
    """Whether a process has ended, be it waited for or not."""
    try:
        return psutil.Process(process).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def eventually(holds) -> None:
    """Wait for what must come true on a busy machine, a minute at most."""
    until = time.monotonic() + 60.0
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.parametrize("nannies", [True, False])
def test_a_killed_worker_loses_nothing(cluster, wanted, nannies, tmp_path):
    address = scaled(cluster, 2)
    for nanny in cluster.workers.values():
        nanny.auto_restart = nannies
    with distributed.Client(address, set_as_default=False) as client:
        first, second = client.run(os.getpid).items()
    killed: list[int] = []

    def kill(done: int, paths: int) -> None:
        if not killed:
            os.kill(first[1], signal.SIGKILL)
            killed.append(done)

    slow = AutoRegressions(PATHS, seconds=0.1, notes=str(tmp_path))
    assert run(address, slow, progress=kill, chunk_paths=256) == wanted
    assert killed == [3 * 256]  # 24 chunks for two workers: groups of three
    # Every chunk was begun; what the killed one had begun and not handed over, by another as well.
    begun = [tuple(map(int, note.name.split("-"))) for note in tmp_path.iterdir()]
    assert {path for path, _ in begun} == set(range(0, PATHS, 256))
    eventually(lambda: gone(first[1]))
    # Until the scheduler has noticed, it still hands questions to the worker that is gone.
    with distributed.Client(address, set_as_default=False) as client:
        eventually(lambda: first[0] not in client.run(os.getpid, on_error="ignore") or nannies)
        left = client.run(os.getpid, on_error="ignore")
    assert first[0] not in left or left[first[0]] != first[1]
    assert left[second[0]] == second[1]


def test_a_fault_of_the_job_comes_back_from_the_cluster(cluster):
    address = scaled(cluster, 2)
    with pytest.raises(ArithmeticError, match="a fault of the job"):
        run(address, AutoRegressions(PATHS, broken_path=300))
    assert idle(address)


def test_an_interruption_cancels_what_was_handed_out(cluster, wanted):
    address = scaled(cluster, 2)

    def interrupt(done: int, paths: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(address, AutoRegressions(PATHS, seconds=0.05), progress=interrupt)
    assert idle(address)
    assert run(address) == wanted


def idle(address: str) -> bool:
    """Whether the scheduler has nothing left to do, as soon as it has read its messages."""
    with distributed.Client(address, set_as_default=False) as client:
        for _ in range(500):
            left = client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks))
            if left == 0:
                return True
            time.sleep(0.01)
    return False


def test_the_documented_command_starts_a_cluster_and_ends_it(repository, wanted, monkeypatch):
    env = {**os.environ, "PYTHONPATH": f"{repository / 'src'}:{repository / 'tests'}"}
    command = [sys.executable, "-m", "debtcycle.machine.ensemble.start_cluster", "1", "0"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert run(address) == wanted
        family = psutil.Process(process.pid).children(recursive=True)
        assert family
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    assert psutil.wait_procs(family, timeout=30)[1] == []
    monkeypatch.setattr(rooms, "CONNECT_SECONDS", 0.5)
    error = refusal(address)
    assert (error.message_id, error.params) == ("ensemble.unreachable", {"address": address})


def refusal(address: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        run(address)
    return caught.value


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("tcp://127.0.0.1:1", "unreachable"), ("127.0.0.1:1", "unreachable"),
        ("", "address"),
        ("nonsense", "address"), ("no address", "address"), ("tcp://127.0.0.1", "address"),
        ("nothing://127.0.0.1:1", "address"), ("tcp://127.0.0.1:0", "address"),
        ("tcp://127.0.0.1:65536", "address"), ("tcp://127.0.0.1:1:1", "address"),
    ],
)  # fmt: skip
def test_an_address_where_nothing_answers_is_said(address, message, monkeypatch):
    monkeypatch.setattr(rooms, "CONNECT_SECONDS", 0.5)
    assert refusal(address).message_id == f"ensemble.{message}"


@pytest.mark.parametrize("address", ["tls://[::1]:8786", "tcp://a-b.example:1/", "10.0.0.7:65535"])
def test_addresses_of_all_forms_are_let_through(address):
    rooms.check_address(address)


def test_of_what_is_no_address_no_client_is_made(monkeypatch):
    """One that is made tells of its own end when it is swept up."""
    monkeypatch.setattr(distributed, "Client", lambda *_, **__: pytest.fail("made"))
    assert refusal("nonsense").message_id == "ensemble.address"


def test_without_the_extra_the_remedy_is_named(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "distributed" else find(name)
    )
    assert refusal("tcp://127.0.0.1:1").message_id == "ensemble.dask"
    with pytest.raises(ConfigError), local_cluster(1):
        raise AssertionError("a cluster without the extra")


def test_a_worker_with_another_version_is_refused(cluster, monkeypatch):
    address = scaled(cluster, 1)
    monkeypatch.setattr("debtcycle.__version__", "0.0.0")
    error = refusal(address)
    assert (error.message_id, error.params["expected"]) == ("ensemble.version", "0.0.0")


def test_a_cluster_that_loses_all_its_workers_is_said(cluster, monkeypatch):
    monkeypatch.setattr(rooms, "WORKERLESS_SECONDS", 0.2)
    monkeypatch.setattr(rooms, "LOOK_SECONDS", 0.1)
    cluster.scale(0)
    with distributed.Client(cluster, set_as_default=False) as client:
        while client.nthreads():
            time.sleep(0.01)
    assert refusal(str(cluster.scheduler_address)).message_id == "ensemble.workerless"


@pytest.mark.parametrize("arguments", [["two"], ["1", "2", "3"], ["1", "port"]])
def test_wrong_arguments_of_the_command_are_refused(arguments, capsys):
    from debtcycle.machine.ensemble.start_cluster import main

    assert main(arguments) == 2
    assert "start_cluster 4" in capsys.readouterr().err


@settings(max_examples=100)
@given(st.integers(1, 400), st.integers(0, 64))
def test_groups_are_all_chunks_in_their_order(count, threads):
    chunks = [Chunk(64 * n, 64) for n in range(count)]
    groups = rooms.grouped(chunks, threads)
    assert [chunk for group in groups for chunk in group.chunks] == chunks
    sizes = {len(group.chunks) for group in groups}
    assert max(sizes) <= rooms.MOST_CHUNKS
    # Enough for every thread to have several, where there are chunks enough.
    assert len(groups) >= min(count, rooms.GROUPS_EACH * threads)
    assert [group.first_path for group in groups[1:]] == list(
        np.cumsum([group.paths for group in groups])[:-1]
    )


class Handed:
    """A chunk that was handed out, and what is heard of it: errors, then perhaps a result."""

    status = "pending"

    def __init__(self, *heard: object) -> None:
        self.heard = list(heard)

    def result(self, timeout: float) -> object:
        assert timeout > 0
        word = self.heard.pop(0)
        if isinstance(word, Exception):
            raise word
        return word

    def submit(self, *_: object, pure: bool) -> Handed:
        """As the client: the same chunk anew."""
        assert not pure
        return self

    def nthreads(self) -> dict[str, int]:
        return {"somewhere": 1}


def test_a_chunk_that_dask_gave_up_is_handed_out_again_a_few_times():
    gone = distributed.KilledWorker("a chunk", None, 3)
    handed = Handed(TimeoutError(), gone, TimeoutError(), gone, "made")
    assert rooms.result_of(handed, len, Group((Chunk(64, 64),)), handed) == "made"
    fatal = Handed(*[gone] * (rooms.ATTEMPTS + 1), "too late")
    with pytest.raises(ConfigError) as caught:
        rooms.result_of(fatal, len, Group((Chunk(64, 64),)), fatal)
    assert (caught.value.message_id, caught.value.params) == ("ensemble.killed", {"path": 64})
    assert fatal.heard == ["too late"]


def test_a_timeout_of_the_job_itself_is_not_taken_for_waiting():
    handed = Handed(TimeoutError("of the job"), "never")
    handed.status = "error"
    with pytest.raises(TimeoutError, match="of the job"):
        rooms.result_of(handed, len, Group((Chunk(0, 64),)), handed)


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-server\r\n" * 20, b"\x01" + bytes(31)])
def test_what_listens_and_is_no_scheduler_is_left_in_time(monkeypatch, said):
    monkeypatch.setattr(rooms, "CONNECT_SECONDS", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        heard: list[socket.socket] = []

        def listen() -> None:
            with contextlib.suppress(OSError):
                while True:
                    heard.append(server.accept()[0])
                    heard[-1].sendall(said)

        listener = threading.Thread(target=listen, daemon=True)
        listener.start()
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(ConfigError) as caught:
            run(address)
        assert (caught.value.message_id, caught.value.params) == (
            "ensemble.unreachable", {"address": address},
        )  # fmt: skip
        assert heard
        server.shutdown(socket.SHUT_RDWR)
    listener.join(10.0)
    for connection in heard:
        connection.close()


@pytest.mark.parametrize("error", [CommClosedError(), CancelledError()])
def test_a_scheduler_that_goes_away_is_said(error):
    with pytest.raises(ConfigError) as caught, rooms.naming_loss("tcp://127.0.0.1:1"):
        raise error
    assert caught.value.message_id == "ensemble.lost"
