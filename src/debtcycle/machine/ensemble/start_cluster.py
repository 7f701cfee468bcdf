"""``python -m debtcycle.machine.ensemble.start_cluster 4``: a cluster of this machine.

Writes the scheduler's address on one line and runs until it is interrupted. Only this machine can
reach it. A second number is the scheduler's port, 8786 unless said.
"""

from __future__ import annotations

import signal
import sys
import time

from debtcycle.machine.ensemble.cluster import local_cluster

__all__ = ["main"]


def main(arguments: list[str]) -> int:
    """Run a cluster until SIGINT or SIGTERM; 2 if an argument is not a whole number."""
    try:
        workers, port = (*map(int, arguments), *(2, 8786)[len(arguments) :])
    except ValueError:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    asked_to_stop: list[int] = []
    # A terminal sends Ctrl-C to all processes. Workers are born deaf to it, since they end with
    # this one anyhow and would only print where they were interrupted.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with local_cluster(workers, port) as cluster:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda found, _: asked_to_stop.append(found))
        sys.stdout.write(f"{cluster.scheduler_address}\n")
        sys.stdout.flush()
        while not asked_to_stop:
            time.sleep(0.2)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
