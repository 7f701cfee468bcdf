"""Work on a store in children of this process, each of which fails at another step.

``python failing.py WORK FOLDER kill|full FIRST STRIDE`` runs WORK once for each step k = FIRST,
FIRST + STRIDE, ... on a copy of FOLDER, until a child comes through unharmed. A step is a
statement, or a call that writes, forces to the disk, moves, links, cuts or removes a file. A child
is killed before its step k, or the step fails as on a full disk. A line of JSON for each child
says where its copy lies, how it ended, and how many batches had been acknowledged by then.

The package knows nothing of this: statements go through the class of connections that
`debtcycle.store.database.Connection` names, and files through `os`.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from debtcycle.catalogue import load_catalogue
from debtcycle.errors import StoreError
from debtcycle.intake import import_file
from debtcycle.intake.release import release
from debtcycle.reference.rebuild import rebuild
from debtcycle.store import Store, database
from debtcycle.store.copies import backup, restore

CALLS = ("pwrite", "fsync", "replace", "link", "unlink", "ftruncate", "rename")
DAY = date(2026, 11, 20)


def _work_import(folder: Path, tell: Callable[[int], None]) -> None:
    with Store(folder / "store.sqlite") as store:
        for name in ("ICSA.csv", "UNRATE.csv", "b/UNRATE.csv"):
            import_file(store, folder / name, retrieved=DAY, today=DAY)
            tell(len(store.batches()))
        release(store, [item.id for item in store.quarantine()], catalogue=load_catalogue())
        tell(len(store.batches()))


def _work_migrate(folder: Path, tell: Callable[[int], None]) -> None:
    Store(folder / "store.sqlite").close()


def _work_restore(folder: Path, tell: Callable[[int], None]) -> None:
    restore(folder / "store.sqlite", folder / "copy.sqlite")


def _work_rebuild(folder: Path, tell: Callable[[int], None]) -> None:
    rebuild(folder / "store.sqlite")


def _work_backup(folder: Path, tell: Callable[[int], None]) -> None:
    backup(folder / "store.sqlite", folder / "new.sqlite")


WORKS = {
    "import": _work_import,
    "migrate": _work_migrate,
    "restore": _work_restore,
    "rebuild": _work_rebuild,
    "backup": _work_backup,
}


def _patch(stop: Callable[[bool], None]) -> None:
    class Stopping(sqlite3.Connection):
        def execute(self, *arguments: Any) -> sqlite3.Cursor:
            if not str(arguments[0]).startswith(("SELECT", "ROLLBACK")):
                stop(True)
            return super().execute(*arguments)

    def wrapped(plain: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            stop(False)
            return plain(*arguments, **named)

        return call

    database.Connection = Stopping
    for name in CALLS:
        setattr(os, name, wrapped(getattr(os, name)))


def _child(work: Callable[..., None], folder: Path, how: str, number: int, pipe: int) -> int:
    count = 0

    def stop(statement: bool) -> None:
        nonlocal count
        count += 1
        if count != number:
            return
        if how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if statement:
            raise sqlite3.OperationalError("database or disk is full")
        raise OSError(errno.ENOSPC, "No space left on device")

    _patch(stop)
    try:
        work(folder, lambda batches: os.write(pipe, bytes([batches])))
    except StoreError as error:
        return 5 if error.message_id in {"store.full", "store.broken"} else 9
    return 0 if count < number else 1


def main(name: str, folder: Path, how: str, first: int, stride: int) -> None:
    """Run the children, one after another."""
    load_catalogue()
    number = first
    while True:
        copy = folder.with_name(f"{folder.name}-{number}")
        shutil.copytree(folder, copy)
        ours, theirs = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                os._exit(_child(WORKS[name], copy, how, number, theirs))
            except BaseException as error:  # noqa: BLE001 - a child must not come out of here
                os.write(2, f"{name} {number}: {error!r}\n".encode())
                os._exit(8)
        os.close(theirs)
        told = os.read(ours, 4096)
        while more := os.read(ours, 4096):
            told += more
        os.close(ours)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        line = {"at": str(copy), "code": code, "batches": told[-1] if told else 0}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        if code == 0:
            return
        number += stride


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
