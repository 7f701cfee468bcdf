"""The command: what it says, what it gives back, and what it never shows."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli.conftest import Done, _calm_surroundings, call
from debtcycle.i18n import translator
from debtcycle.sources.publishers import load_publishers
from debtcycle.store import Store
from debtcycle.store.database import writer_lock
from debtcycle.store.schema import Basis
from network.conftest import publisher
from network.hostile import closed_port, reply, says, silence
from publishers import others
from publishers.world import KEY, TODAY
from update.world_server import WorldServer

__all__ = ["_calm_surroundings", "call", "publisher"]  # fixtures of other rooms

DOWN = f"http://127.0.0.1:{closed_port()}"


@pytest.fixture
def world():
    """The made-up publishers, on the first day."""
    server = WorldServer()
    yield server
    server.close()


@pytest.fixture(autouse=True)
def _own_place(_calm_surroundings, monkeypatch, tmp_path):
    """Settings and state of its own, and no publisher but those on loopback."""
    monkeypatch.setenv("DEBTCYCLE_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("DEBTCYCLE_STATE", str(tmp_path / "state"))
    monkeypatch.delenv("FRED_API_KEY", raising=False)
    for name in load_publishers():
        monkeypatch.delenv(f"DEBTCYCLE_KEY_{name.upper()}", raising=False)
        monkeypatch.setenv(f"DEBTCYCLE_URL_{name.upper()}", DOWN)
    monkeypatch.setattr("debtcycle.cli.update.today", lambda: TODAY[1])
    # What the made-up publishers say does not fit the figures of the edition: it starts empty.
    Store.create(tmp_path / "home" / "store.sqlite").close()


@pytest.fixture
def served(world, monkeypatch):
    """Send the command to the made-up publishers."""

    def some(*publishers: str) -> WorldServer:
        for name in publishers:
            monkeypatch.setenv(f"DEBTCYCLE_URL_{name.upper()}", world.address(name))
        return world

    return some


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_list_names_everyone_and_shows_no_key(call, lang, monkeypatch):
    monkeypatch.setenv("FRED_API_KEY", KEY)
    done = call("update", "--list", "--lang", lang)
    assert done.code == 0
    for name, item in load_publishers().items():
        assert f"{name}: {item.name}" in done.out
        assert item.terms in done.out
    assert KEY not in done.out
    assert {"en": "key: known", "zh": "密钥：已设置"}[lang] in done.out


def test_the_list_as_json_knows_keys_and_addresses(call, monkeypatch):
    found = {
        item["id"]: item for item in json.loads(call("update", "--list", "--format", "json").out)
    }
    assert set(found) == set(load_publishers())
    assert (found["fred_api"]["key"], found["fred_api"]["key_known"]) == ("yes", False)
    assert found["bis"]["address"] == DOWN
    assert found["bis"]["own_address"]
    monkeypatch.setenv("DEBTCYCLE_KEY_FRED_API", KEY)
    monkeypatch.delenv("DEBTCYCLE_URL_BIS")
    done = call("update", "--list", "--format", "json")
    found = {item["id"]: item for item in json.loads(done.out)}
    assert found["fred_api"]["key_known"]
    assert found["bis"]["address"] == load_publishers()["bis"].address
    assert KEY not in done.out


def test_a_dry_run_asks_nobody(call):
    done = call("update", "--dry-run", "finra", "GDP", "--format", "json")
    assert done.code == 0
    asked = json.loads(done.out)
    assert [(item["publisher"], item["question"]) for item in asked] == [
        ("fred", "GDP"),
        ("finra", "finra"),
    ]
    assert asked[0]["first_request"] == "/graph/fredgraph.csv?id=GDP"
    text = call("update", "--dry-run").out
    assert len(text.splitlines()) > 100
    assert "none was asked" in text


def test_what_came_is_counted_and_asked_once_a_day(call, served):
    world = served("bis", "finra")
    done = call("update", "finra", "bis", "--format", "json")
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out)
    assert [item["id"] for item in found["publishers"]] == ["bis", "finra"]
    assert found["exit_code"] == 0
    assert found["new"] + found["revised"] >= 1
    assert len(world.asked) == 2
    again = json.loads(call("update", "finra", "bis", "--format", "json").out)
    assert again["known"] == 2
    assert len(world.asked) == 2
    assert call("update", "finra", "bis", "--fresh").code == 0
    assert len(world.asked) == 4


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_failures_are_said_in_words_with_their_remedy(call, served, lang):
    served("finra")
    done = call("update", "bis", "finra", "--lang", lang)
    assert done.code == 3
    assert {"en": "no connection could be made", "zh": "无法建立连接"}[lang] in done.out
    assert "debtcycle update --list" in done.out
    found = json.loads(call("update", "bis", "--format", "json", "--lang", lang).out)
    (failure,) = found["publishers"][0]["failures"]
    assert failure["error"] == "network.refused"
    assert failure["series"][0] == "BIS_CREDIT_GAP_US"
    assert found["exit_code"] == 4


def test_nobody_reached_ends_with_four(call):
    assert call("update", "bis", "finra", "shiller").code == 4


@pytest.mark.parametrize(
    ("argv", "content", "mode", "message"),
    [
        (["nosuch"], "", 0o600, "neither a publisher nor a series"),
        (["bis"], "[keys]\n", 0o644, "chmod 600"),
        (["bis"], "[keys]\nnosuch = 'x'\n", 0o600, "not a setting"),
        (["--list"], "[keys\n", 0o600, "not TOML (line 1)"),
    ],
)
def test_slips_of_the_hand_end_with_two(call, tmp_path, argv, content, mode, message):
    path = tmp_path / "config.toml"
    path.write_text(content)
    path.chmod(mode)
    done = call("update", *argv)
    assert done.code == 2
    assert message in done.err
    assert len(done.err.splitlines()) <= 3


def test_a_store_that_somebody_writes_ends_with_five(call, served, tmp_path):
    served("bis")
    assert call("update", "bis").code == 0
    with writer_lock(tmp_path / "home" / "store.sqlite"):
        done = call("update", "bis", "--fresh")
    assert done.code == 5
    assert str(os.getpid()) in done.err


def test_a_key_leaves_no_trace(call, served, tmp_path, monkeypatch, caplog):
    served("fred_api")
    path = tmp_path / "config.toml"
    path.write_text(f'[keys]\nfred = "{KEY}"\n')
    path.chmod(0o600)
    with caplog.at_level("DEBUG"):
        done = call("update", "GDP", "--debug")
    assert done.code == 0, done.err
    wrong = "0" * 31 + "a"
    monkeypatch.setenv("DEBTCYCLE_KEY_FRED", wrong)
    with caplog.at_level("DEBUG"):
        bad = call("update", "GDP", "--fresh", "--debug")
    assert bad.code == 4
    assert "key was not accepted" in bad.out
    said = done.out + done.err + bad.out + bad.err + caplog.text
    path.unlink()
    kept = [found.read_bytes() for found in tmp_path.rglob("*") if found.is_file()]
    assert len(kept) >= 4
    for key in (KEY, wrong):
        assert key not in said
        assert all(key.encode() not in content for content in kept)
    shown = call("series", "show", "GDP", "--format", "json")
    assert '"GDP"' in shown.out
    assert KEY not in shown.out + shown.err


# A shell that starts this in the background would have it ignore an interruption.
_BY_HAND = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from debtcycle.cli.main import main
main()
"""


def test_an_interruption_ends_cleanly(publisher, tmp_path, monkeypatch):
    slow = publisher({"/static/bulk/WS_CREDIT_GAP_csv_col.zip": silence(8.0)})
    path = tmp_path / "own.sqlite"
    environment = {**os.environ, "DEBTCYCLE_URL_BIS": slow.address, "LC_ALL": "C"}
    running = subprocess.Popen(
        [sys.executable, "-c", _BY_HAND, "--store", str(path), "update", "bis"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    for _ in range(300):
        if slow.asked:
            break
        time.sleep(0.1)
    assert slow.asked
    begun = time.monotonic()
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=20)
    assert running.returncode == 130, err
    assert "Interrupted" in err
    assert "Traceback" not in err + out
    assert time.monotonic() - begun < 5.0
    with Store(path) as store, store.exclusive():
        assert store.series


_OFFLINE = """
import json, socket, sys
def refuse(*args, **kwargs):
    raise SystemExit("a network call")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
socket.create_connection = refuse
from debtcycle.cli.main import run
for words in json.loads(sys.argv[2]):
    code = run(["--store", sys.argv[1], *words])
    assert code == 0, (words, code)
loaded = sorted(
    name for name in sys.modules
    if name.split(".")[0] in {"httpx2", "httpcore2", "h11", "truststore"}
    or name.startswith(("debtcycle.network", "debtcycle.update"))
)
assert not loaded, loaded
print("offline")
"""
_SHORT = [["claims", "--as-of", "2025-12-15"], ["simulate", "--list"], ["status"]]
_LONG = [
    ["report", "--as-of", "2025-12-15"],
    ["replay", "--start", "2025-11", "--end", "2025-12"],
    ["simulate", "reserve-management", "--from", "2025-12-15", "--paths", "4"],
    ["crises", "today", "--as-of", "2025-12-15"],
]


@pytest.mark.parametrize(
    "commands", [_SHORT, pytest.param(_LONG, marks=pytest.mark.soak)], ids=["short", "long"]
)
def test_judging_and_simulating_need_no_network(commands, edition_store):
    done = subprocess.run(
        [sys.executable, "-c", _OFFLINE, str(edition_store.path), json.dumps(commands)],
        capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-800:]
    assert done.stdout.rstrip().endswith("offline")


_SPEAKING = {"socket", "ssl", "http", "urllib.request", "ftplib", "smtplib", "asyncio", "httpx2"}
_SPEAKING |= {"httpcore2", "requests", "urllib3", "aiohttp", "xmlrpc", "socketserver"}


def test_nothing_but_the_network_room_can_open_a_connection(repository):
    import ast

    found = set()
    for path in sorted((repository / "src" / "debtcycle").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [item.name for item in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{item.name}" for item in node.names)]
            if any(n in _SPEAKING or n.split(".")[0] in _SPEAKING for n in names):
                found.add(path.parent.name)
    assert found == {"network"}


def test_nothing_below_the_update_imports_it():
    import grimp

    graph = grimp.build_graph("debtcycle")
    importers = {
        name
        for target in ("debtcycle.network", "debtcycle.update")
        for module in (target, *graph.find_descendants(target))
        for name in graph.find_modules_that_directly_import(module)
        if not name.startswith(("debtcycle.network", "debtcycle.update"))
    }
    assert importers <= {"debtcycle.cli.update", "debtcycle.cli.update_text"}


def test_the_command_starts_without_the_http_library(tmp_path: Path):
    code = (
        "import sys; import debtcycle.network, debtcycle.cli.update; "
        "print([n for n in sys.modules if n.startswith(('httpx2', 'httpcore2', 'pandas'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_empty_store_is_filled_with_the_vintages_of_the_past(call, served, monkeypatch):
    """Without the shipped figures the whole archive is taken, by its own days."""
    served("fred", "fred_api")
    monkeypatch.setenv("FRED_API_KEY", KEY)
    place = Path(os.environ["DEBTCYCLE_CONFIG"]).parent / "full" / "store.sqlite"
    planned = call("update", "--empty", "--dry-run", "GDP", "--store", str(place))
    assert planned.code == 0
    assert "GDP" in planned.out
    assert not place.exists()
    done = call("update", "--empty", "GDP", "--store", str(place))
    assert done.code == 0, done.err
    with Store(place) as store:
        assert store.series == ("GDP",)
        rows = store.rows("GDP")
        assert (rows.basis == int(Basis.VINTAGE)).sum() > 50
    again = call("update", "--empty", "GDP", "--store", str(place))
    assert again.code == 5
    assert str(place) in again.err
    assert call("update", "GDP", "--store", str(place)).code == 0


def test_quiet_says_what_failed_and_nothing_else(call, served):
    down = call("update", "--quiet", "bis", "finra")
    assert (down.code, down.out) == (4, "")
    assert "no connection could be made" in down.err
    assert "bis" in down.err
    assert "finra" in down.err
    served("bis", "finra")
    assert call("update", "--quiet", "bis", "finra") == Done(0, "", "")
    assert call("update", "--quiet", "bis", "finra", "shiller").code == 3


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_wrong_with_an_answer_is_not_put_to_the_user(call, publisher, monkeypatch, lang):
    body = reply(b"observation_date,UNRATE\n2026-01-01,4.1\n2026-01-01,4.2\n")
    monkeypatch.setenv(
        "DEBTCYCLE_URL_FRED", publisher({"/graph/fredgraph.csv": says(body)}).address
    )
    done = call("--lang", lang, "update", "UNRATE")
    assert done.code == 3
    said = translator(lang)("update.answer_remedy")
    assert said in done.out
    assert {"en": "import", "zh": "导入"}[lang] not in done.out


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "http://u:p@[::1"])
def test_a_proxy_that_cannot_be_used_is_said_before_anybody_is_asked(
    call, served, monkeypatch, proxy
):
    world = served("finra")
    monkeypatch.setenv("DEBTCYCLE_URL_BIS", "https://bis.example")
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    done = call("update", "bis", "finra")
    assert (done.code, done.out) == (2, "")
    assert "HTTPS_PROXY" in done.err
    assert len(done.err.splitlines()) <= 3
    assert world.asked == []


def test_a_key_that_would_travel_in_the_clear_stops_the_update(call, monkeypatch):
    monkeypatch.setenv("FRED_API_KEY", KEY)
    monkeypatch.setenv("DEBTCYCLE_URL_FRED_API", "http://fred.example")
    done = call("update", "GDP")
    assert (done.code, "https" in done.err, KEY in done.err) == (2, True, False)


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "not in this store, which began empty"), ("zh", "不在本数据库中：它从空白开始")],
)
def test_status_of_a_store_that_began_empty_says_so(call, served, lang, said):
    served("finra")
    place = Path(os.environ["DEBTCYCLE_CONFIG"]).parent / "full" / "store.sqlite"
    assert call("update", "--empty", "MARGIN_DEBT", "--store", str(place)).code == 0
    done = call("status", "--store", str(place), "--lang", lang)
    assert done.code == 0
    assert said in done.out
    assert translator(lang)("standing.edition.out") not in done.out


def test_figures_that_differ_and_are_not_taken_are_counted(call, served, monkeypatch):
    """A mean of an auction day that the publisher corrects: the series is never revised."""
    served("fiscaldata")
    asked = ("update", "BID_TO_COVER_NOTES")
    first = json.loads(call(*asked, "--format", "json").out)
    assert [item["differing"] for item in first["publishers"]] == [0]
    ours = dict(others._TABLES)
    path = "/v1/accounting/od/auctions_query"

    def corrected(news):
        rows = ours[path](news)
        own = {"auction_date": "2026-09-08", "security_type": "Note"}
        new = {"bid_to_cover_ratio": "3.33"}
        return [{**row, **new} if row.items() >= own.items() else row for row in rows]

    monkeypatch.setitem(others._TABLES, path, corrected)
    told = json.loads(call(*asked, "--fresh", "--format", "json").out)
    (one,) = told["publishers"]
    assert (one["differing"], one["new_rows"], one["revised_rows"]) == (1, 0, 0)
    monkeypatch.setitem(others._TABLES, path, lambda news: corrected(news)[:-2])
    done = call(*asked, "--fresh")
    assert translator("en")("update.differing", n=1, names="auctions") in done.out
    monkeypatch.setitem(others._TABLES, path, lambda news: corrected(news)[:-4])
    done = call(*asked, "--fresh", "--lang", "zh")
    assert translator("zh")("update.differing", n=1, names="auctions") in done.out
