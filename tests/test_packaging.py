"""What a stranger installs is the wheel, so the wheel is what these tests look at."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path, PurePosixPath

import pytest

# Kinds of files that the program reads at run time, and where they live in the package.
DATA_KINDS = (
    "debtcycle/py.typed",
    "debtcycle/catalogue/series.toml",
    "debtcycle/catalogue/releases.toml",
    "debtcycle/i18n/**/*.po",
    "debtcycle/i18n/**/*.mo",
    "debtcycle/report/**/*.*",
    "debtcycle/reference/**/*.*",
)

# A lock with an address installs only where that address answers; a path of one machine nowhere
# else. The halves are joined here so that this file does not match itself.
ADDRESSES = re.compile(
    "|".join(
        (
            r"--(?:extra-)?" + "index-url",
            r"--find" + "-links",
            r"--trusted" + "-host",
            "files.python" + r"hosted\.org",
            r"pypi\." + r"org/simple",
            r"registry\." + r"npmjs\.org",
            r"(?<![\w./-])/(?:work|home|root|opt|mnt|Users)" + r"/[A-Za-z0-9_.-]+",
        )
    )
)
# The lock's own recipe must name the options that keep addresses out.
ALLOWED = re.compile(r"--no-emit-[a-z-]+")


@pytest.fixture(scope="session")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out)]
    done = subprocess.run(
        [*command, str(repository)], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def names(wheel: Path) -> frozenset[str]:
    with zipfile.ZipFile(wheel) as archive:
        return frozenset(archive.namelist())


@pytest.fixture(scope="session")
def metadata(wheel: Path, names: frozenset[str]) -> Message:
    (path,) = [name for name in names if name.endswith(".dist-info/METADATA")]
    with zipfile.ZipFile(wheel) as archive:
        return Parser().parsestr(archive.read(path).decode("utf-8"))


def tracked(repository: Path) -> list[str]:
    done = subprocess.run(
        ["git", "-C", str(repository), "ls-files", "-z"], capture_output=True, check=False
    )
    if done.returncode != 0:
        pytest.skip("not a checkout: git lists no files here")
    return [name for name in done.stdout.decode("utf-8").split("\0") if name]


def test_every_tracked_file_of_the_package_is_in_the_wheel(
    repository: Path, names: frozenset[str]
) -> None:
    ours = {name.removeprefix("src/") for name in tracked(repository) if name.startswith("src/")}
    assert ours
    assert ours <= names


@pytest.mark.parametrize("pattern", DATA_KINDS)
def test_each_kind_of_data_is_in_the_wheel(
    repository: Path, names: frozenset[str], pattern: str
) -> None:
    here = {
        path.relative_to(repository / "src").as_posix()
        for path in (repository / "src").glob(pattern)
        if path.suffix not in {".py", ".pyc"}
    }
    assert here, f"the package holds no {pattern}"
    assert here <= names


def test_nothing_foreign_is_in_the_wheel(names: frozenset[str]) -> None:
    roots = {PurePosixPath(name).parts[0] for name in names}
    assert roots == {"debtcycle", "debtcycle-0.1.0.dist-info"}
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


def test_licence_and_notice_travel_with_the_wheel(names: frozenset[str]) -> None:
    kept = {PurePosixPath(name).name for name in names if "/licenses/" in name}
    assert kept == {"LICENSE", "NOTICE"}


def test_wheel_says_what_it_is(metadata: Message) -> None:
    assert metadata["Name"] == "debtcycle"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    assert set(metadata.get_all("Provides-Extra", [])) == {
        "all",
        "dask",
        "dev",
        "pandas",
        "parquet",
    }


def test_package_of_the_wheel_imports_and_knows_its_version(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    code = "import debtcycle; print(debtcycle.__version__); print(debtcycle.__file__)"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        timeout=60,
    )
    version, where = done.stdout.splitlines()
    assert version == "0.1.0"
    assert Path(where).is_relative_to(tmp_path)


def test_every_public_name_of_the_wheel_loads(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    code = "import debtcycle as d; print(len([getattr(d, name) for name in d.__all__]))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 0


def test_no_file_names_a_registry_or_a_path_of_one_machine(repository: Path) -> None:
    found = []
    for name in tracked(repository):
        data = (repository / name).read_bytes() if (repository / name).is_file() else b""
        if b"\0" in data:
            continue
        for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), start=1):
            if ADDRESSES.search(ALLOWED.sub("", line)):
                found.append(f"{name}:{number}: {line.strip()[:80]}")
    assert found == []


def locked(repository: Path, name: str) -> dict[str, str]:
    text = (repository / "requirements" / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==(\S+) \\$", text, flags=re.MULTILINE))


@pytest.mark.parametrize("name", ["lock.txt", "dev.txt"])
def test_every_locked_requirement_has_hashes(repository: Path, name: str) -> None:
    text = (repository / "requirements" / name).read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[a-z0-9])", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE))
    pinned = [block for block in blocks if block.strip()]
    assert len(pinned) == len(locked(repository, name)) > 10
    assert [block for block in pinned if "--hash=sha256:" not in block] == []


def test_the_tools_are_locked_on_top_of_the_same_runtime(repository: Path) -> None:
    runtime, dev = locked(repository, "lock.txt"), locked(repository, "dev.txt")
    assert runtime.items() <= dev.items()
    assert {"pytest", "mypy", "ruff", "hypothesis"} <= dev.keys() - runtime.keys()


def test_every_declared_requirement_is_locked(repository: Path, metadata: Message) -> None:
    dev = locked(repository, "dev.txt")
    wanted = {
        re.split(r"[\s<>=!~;\[]", line, maxsplit=1)[0].lower()
        for line in metadata.get_all("Requires-Dist", [])
    }
    assert wanted - {"debtcycle"} <= dev.keys()
