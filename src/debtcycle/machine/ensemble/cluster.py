"""Chunks on a Dask cluster: an existing one by its address, or one of this machine.

The engine is Dask's: its scheduler hands out chunks, notices that a worker is gone and gives its
chunks to others. A chunk's result depends on the chunk alone, so it does not matter who computes
it, nor how often. A worker is handed a few neighbouring chunks at a time and merges their results
itself: what travels, and what is left to the client, is then a good deal less.
"""

from __future__ import annotations

import contextlib
import importlib.util
import pickle
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, TypeAlias, TypeVar

from debtcycle.errors import ConfigError
from debtcycle.machine.ensemble.chunks import Chunk, Group, Releasable
from debtcycle.machine.ensemble.spare import forget

__all__ = ["local_cluster", "on_cluster"]

R = TypeVar("R")
# Dask's own classes; most of their methods have no types, and the extra may not be installed.
Client: TypeAlias = Any
Future: TypeAlias = Any
LocalCluster: TypeAlias = Any

CONNECT_SECONDS: Final = 10.0
WORKERLESS_SECONDS: Final = 60.0
LOOK_SECONDS: Final = 2.0
ATTEMPTS: Final = 5  # times that chunks are handed out anew after Dask has given them up
# Chunks of a group: so many that each worker's thread has some groups, and not more than are soon
# done again where a worker is lost.
GROUPS_EACH, MOST_CHUNKS = 4, 8
ADDRESS: Final = re.compile(
    r"(?:(?:tcp|tls|ws|wss)://)?(?:\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9._-]+):(?P<port>[0-9]{1,5})/?"
)
LOOPBACK: Final = "127.0.0.1"
# Dask has its workers give memory back at once. Tables that come and go with each chunk would then
# be cleared by the system each time; so let the allocator keep what it has.
MEMORY: Final = {
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 2**30,
    "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": 2**25,
}


@dataclass(frozen=True, slots=True)
class Packed:
    """A task whose result comes as bytes, so that a worker can use its memory again at once."""

    task: Callable[[Group], Any]

    def __call__(self, group: Group) -> bytes:
        """The bytes of a group's result."""
        made = self.task(group)
        data = pickle.dumps(made, protocol=5)
        if isinstance(made, Releasable):
            made.release()
        return data


def grouped(chunks: Sequence[Chunk], threads: int) -> list[Group]:
    """Neighbouring chunks together, for a cluster with so many threads."""
    each = max(1, min(MOST_CHUNKS, len(chunks) // (GROUPS_EACH * max(threads, 1))))
    return [Group(tuple(chunks[at : at + each])) for at in range(0, len(chunks), each)]


def on_cluster(
    task: Callable[[Group], R], chunks: Sequence[Chunk], address: str
) -> Iterator[tuple[Group, R]]:
    """Results in the order of the chunks, a few neighbours together.

    Parameters
    ----------
    task : callable
        Picklable; what it uses must be installed where the workers run.
    chunks : sequence of Chunk
    address : str
        Of the cluster's scheduler, e.g. ``tcp://127.0.0.1:8786``.

    Raises
    ------
    ConfigError
        ``ensemble.dask`` if the extra is not installed, ``ensemble.address`` if the address has
        not the form of one, ``ensemble.unreachable`` if nothing answers there,
        ``ensemble.version`` if a worker has no or another `debtcycle`, ``ensemble.workerless`` if
        no worker is there for a minute, ``ensemble.killed`` if a chunk has brought down worker
        after worker, ``ensemble.lost`` if the scheduler has gone.

    Notes
    -----
    At most two groups for each thread of the cluster, and two more, are handed out and not yet
    taken over; so the memory of client, scheduler and workers is bounded. If the caller stops, or
    an error or an interruption comes, all others are cancelled.
    """
    with connected(address) as client, naming_loss(address):
        check_workers(client)
        coming = iter(grouped(chunks, sum(client.nthreads().values())))
        waiting: deque[tuple[Group, Future]] = deque()
        packed = Packed(task)

        def hand_out() -> None:
            room = 2 * sum(client.nthreads().values()) + 2 - len(waiting)
            for group in islice(coming, max(room, 0 if waiting else 1)):
                waiting.append((group, client.submit(packed, group, pure=False)))

        try:
            hand_out()
            while waiting:
                group, future = waiting[0]
                data = result_of(client, packed, group, future)
                waiting.popleft()
                del future
                hand_out()
                yield group, pickle.loads(data)
            client.run(forget, on_error="ignore")
        finally:
            with contextlib.suppress(Exception):  # a cluster that is gone needs no cancelling
                client.cancel([future for _, future in waiting], force=True)


def result_of(client: Client, task: Callable[[Group], R], group: Group, future: Future) -> R:
    """Wait for a group; hand it out again if Dask gave it up because its workers died."""
    from distributed import KilledWorker

    alone = 0.0
    attempt = 0
    while True:
        try:
            made: R = future.result(timeout=LOOK_SECONDS)
        except TimeoutError:
            if future.status == "error":  # the job's own
                raise
            alone = 0.0 if client.nthreads() else alone + LOOK_SECONDS
            if alone >= WORKERLESS_SECONDS:
                raise ConfigError("ensemble.workerless", seconds=round(alone)) from None
        except KilledWorker as error:
            attempt += 1
            if attempt > ATTEMPTS:
                raise ConfigError("ensemble.killed", path=group.first_path) from error
            future = client.submit(task, group, pure=False)
        else:
            return made


@contextlib.contextmanager
def connected(address: str) -> Iterator[Client]:
    """A client of a cluster, closed at the end; the cluster goes on."""
    require_dask()
    import distributed

    make: Any = distributed.Client
    # A client that cannot read its address tells of it once more when it is swept up.
    check_address(address)
    check_answer(address)
    try:
        client = make(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:  # a TimeoutError is an OSError
        raise ConfigError("ensemble.unreachable", address=address) from error
    try:
        yield client
    finally:
        client.close()


def check_address(address: str) -> None:
    """See that an address looks like ``tcp://127.0.0.1:8786``; ``tcp`` may be left out.

    Raises
    ------
    ConfigError
        ``ensemble.address`` if it has not that form.
    """
    found = ADDRESS.fullmatch(address)
    if found is None or not 0 < int(found["port"]) < 65536:
        raise ConfigError("ensemble.address", address=address[:80])


@contextlib.contextmanager
def naming_loss(address: str) -> Iterator[None]:
    """Say what it means when Dask cancels everything: the scheduler does not answer any more."""
    from distributed.comm.core import CommClosedError

    try:
        yield
    except (CancelledError, CommClosedError) as error:
        raise ConfigError("ensemble.lost", address=address) from error


def check_answer(address: str) -> None:
    """See that what listens there speaks as a scheduler does; a client would wait for it for ever.

    Raises
    ------
    ConfigError
        ``ensemble.unreachable`` if there is no such answer within ten seconds.
    """
    import distributed
    from distributed.comm.core import connect
    from tornado.ioloop import IOLoop

    async def greet() -> None:
        make: Any = distributed.Security
        reach: Any = connect
        options = make().get_connection_args("client")
        comm = await reach(address, timeout=CONNECT_SECONDS, **options)
        await comm.close()

    def in_time() -> None:
        loop: Any = IOLoop(make_current=False)
        try:
            loop.run_sync(greet, timeout=CONNECT_SECONDS)
        finally:
            loop.close(all_fds=True)

    try:
        # In a thread of its own: the caller may have a loop already, as notebooks do.
        with ThreadPoolExecutor(1) as pool:
            pool.submit(in_time).result()
    except Exception as error:  # whatever else is said there: no scheduler
        raise ConfigError("ensemble.unreachable", address=address) from error


def check_workers(client: Client) -> None:
    """See that every worker has this version of the package."""
    from debtcycle import __version__

    found: dict[str, object] = client.run(version_here, on_error="return")
    for answer in found.values():
        if isinstance(answer, ImportError) or (isinstance(answer, str) and answer != __version__):
            version = answer if isinstance(answer, str) else "-"
            raise ConfigError("ensemble.version", found=version, expected=__version__)


def version_here() -> str:
    """Version of the package where this is called."""
    from debtcycle import __version__

    return __version__


def require_dask() -> None:
    """Raise ``ensemble.dask`` unless the extra is installed."""
    if importlib.util.find_spec("distributed") is None:
        raise ConfigError("ensemble.dask")


@contextlib.contextmanager
def local_cluster(workers: int, port: int = 0) -> Iterator[LocalCluster]:
    """A cluster of processes of this machine that nobody else can reach.

    Parameters
    ----------
    workers : int
        Processes, one thread each.
    port : int
        Of the scheduler; 0 takes a free one.

    Yields
    ------
    LocalCluster
        Its ``scheduler_address`` is what `on_cluster` wants. All processes end with the context.
    """
    require_dask()
    import dask
    import distributed

    make: Any = distributed.LocalCluster
    options: dict[str, Any] = {
        "host": LOOPBACK,
        "scheduler_port": port,
        "dashboard_address": f"{LOOPBACK}:0",
        "worker_dashboard_address": None,
        "processes": True,
        "threads_per_worker": 1,
    }
    with dask.config.set(MEMORY):
        made = make(n_workers=workers, **options)
    with made as cluster:
        yield cluster
