"""A key is nowhere but in the request that needs it."""

from __future__ import annotations

import copy
import io
import logging
import os
import pickle
import traceback

import pytest

from debtcycle.errors import ConfigError, DebtcycleError, SourceError
from debtcycle.network import Client, Endpoint, Secret, Settings, load_settings
from debtcycle.network.secret import Censor
from debtcycle.sources.steps import Request
from network.conftest import KEY
from network.hostile import BAD_KEY, CSV, closed_port, reply, reset, says

KEYED = Request(publisher="fred", path="/x", params=(("id", "GDP"),), keyed=True)


@pytest.fixture
def logged():
    """Everything that any logger says, down to the last detail."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)


def _all_of(error: BaseException) -> str:
    """All that an error shows: itself, what is behind it, and what those hold."""
    shown, seen = [], set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        shown += [str(error), repr(error), repr(error.args), repr(vars(error))]
        shown += "".join(traceback.format_exception(error)).splitlines()
        request = getattr(error, "_request", None)
        shown.append(repr(getattr(request, "url", "")))
        error = error.__cause__ or error.__context__
    return "\n".join(shown)


FAILING = {
    "key": says(reply(BAD_KEY, "400 Bad Request")),
    "repeats": says(reply(b'{"error_message": "no series at ?api_key=%s"}' % KEY.encode())),
    "refuses": says(reply(b'{"error": "%s"}' % KEY.encode(), "404 Not Found")),
    "data": says(reply(CSV + KEY.encode())),
    "moved": says(reply(status="302 Found", Location=f"http://10.0.0.1/?api_key={KEY}")),
    "head": says(reply(status="500 No", X_Echo=KEY, ETag=KEY)),
    "reset": reset,
    "junk": says(f"HTTP/1.1 2x0 {KEY}\r\n\r\n".encode()),
    "short": says(reply(KEY.encode(), length=99)),
}


@pytest.mark.parametrize("name", FAILING)
def test_no_failure_shows_the_key(name, publisher, client_of, logged, capfd):
    served = publisher({"/x": FAILING[name]})
    client = client_of(served.address, key=KEY)
    with pytest.raises(SourceError) as caught:
        client.get(KEYED)
    assert served.asked[0].query["api_key"] == [KEY]
    # The library was listened to: otherwise its silence would prove nothing.
    assert "connect_tcp" in logged.getvalue()
    seen = capfd.readouterr()
    for text in (_all_of(caught.value), logged.getvalue(), seen.out, seen.err, repr(client)):
        assert KEY not in text
    # Nothing of the HTTP library is behind the error, for a debugger to find the URL in.
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_no_connection_shows_the_key(client_of, logged):
    with pytest.raises(SourceError) as caught:
        client_of(f"http://127.0.0.1:{closed_port()}", key=KEY).get(KEYED)
    assert KEY not in _all_of(caught.value) + logged.getvalue()


def test_an_answer_shows_no_key_and_is_not_remembered_by_one(publisher, client_of, logged):
    served = publisher({"/x": says(reply(CSV, ETag=f'"{KEY}"', X_Key=KEY))})
    answer = client_of(served.address, key=KEY).get(KEYED)
    assert answer.body == CSV
    assert answer.etag is None
    assert "***" in logged.getvalue()
    assert KEY not in repr(answer) + logged.getvalue()


def test_a_key_with_odd_letters_arrives_whole_and_stays_hidden(publisher, client_of, logged):
    odd = "a+b/c=d&e%f"
    served = publisher({"/x": says(reply(b'{"error": "a%2Bb%2Fc%3Dd%26e%25f"}'))})
    with pytest.raises(SourceError) as caught:
        client_of(served.address, key=odd).get(KEYED)
    assert served.asked[0].query["api_key"] == [odd]
    assert "a%2Bb" not in str(caught.value)
    assert "***" in str(caught.value)


def test_without_a_key_nothing_is_asked_that_needs_one(publisher, client_of):
    served = publisher()
    client = client_of(served.address)
    with pytest.raises(SourceError) as caught:
        client.get(KEYED)
    assert caught.value.message_id == "network.key"
    assert served.asked == []
    # What needs none is answered without one, and a key that is there is not given away.
    assert client.get(Request(publisher="fred", path="/x")).body == CSV
    client_of(served.address, key=KEY).get(Request(publisher="fred", path="/x"))
    assert all("api_key" not in asked.query for asked in served.asked)


def test_a_key_does_not_travel_in_the_clear(client_of):
    with pytest.raises(ConfigError) as caught:
        client_of("http://fred.example", key=KEY).get(KEYED)
    assert caught.value.message_id == "settings.insecure"
    with pytest.raises(ConfigError, match=r"settings\.insecure"):
        client_of("http://fred.example", key=KEY).check(["fred"])
    client_of("http://fred.example").check(["fred"])
    client_of("http://127.0.0.1:1", key=KEY).check(["fred"])


def test_a_secret_shows_itself_only_when_asked():
    secret = Secret(KEY)
    assert secret.reveal() == KEY
    for text in (repr(secret), str(secret), f"{secret}", repr(Settings(keys={"fred": secret}))):
        assert KEY not in text
    assert KEY.encode() not in pickle.dumps(secret)
    assert copy.deepcopy(secret).reveal() != KEY
    assert KEY not in repr(Censor([secret]))


def test_a_closed_client_no_longer_listens(tmp_path):
    before = list(logging.getLogger("httpcore2.http11").filters)
    with Client([], settings=Settings(keys={"fred": Secret(KEY)}), state=tmp_path):
        assert len(logging.getLogger("httpcore2.http11").filters) == len(before) + 1
    assert logging.getLogger("httpcore2.http11").filters == before


# --- the settings file -------------------------------------------------------------------------
def _file(folder, text: str, mode: int = 0o600):
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def _load(path, **environ: str) -> Settings:
    return load_settings(
        ["fred", "treasury-fd"],
        variables={"fred": ["FRED_API_KEY"]},
        path=path,
        environ=environ,
    )


def test_settings_come_from_the_file_and_the_environment_goes_before(tmp_path):
    text = (
        f'[keys]\nfred = "{KEY}"\n[addresses]\nfred = "http://localhost:1/"\n'
        'treasury-fd = "https://t.example"\n'
    )
    path = _file(tmp_path, text)
    assert _load(path).keys["fred"].reveal() == KEY
    assert _load(path).addresses == {
        "fred": "http://localhost:1",
        "treasury-fd": "https://t.example",
    }
    assert _load(path, FRED_API_KEY="another-key").keys["fred"].reveal() == "another-key"
    both = _load(path, FRED_API_KEY="another-key", DEBTCYCLE_KEY_FRED="a-third-key")
    assert both.keys["fred"].reveal() == "a-third-key"
    set_ = _load(path, DEBTCYCLE_URL_TREASURY_FD="http://127.0.0.1:9/x")
    assert set_.addresses["treasury-fd"] == "http://127.0.0.1:9/x"
    assert _load(tmp_path / "none.toml") == Settings()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o666, 0o620, 0o601])
def test_a_file_that_others_may_read_is_refused(mode, tmp_path):
    with pytest.raises(ConfigError) as caught:
        _load(_file(tmp_path, f'[keys]\nfred = "{KEY}"\n', mode))
    assert caught.value.message_id == "settings.mode"
    assert caught.value.params["mode"] == f"{mode:03o}"


@pytest.mark.parametrize(
    ("text", "message_id"),
    [
        (f'[keys]\nfred = "{KEY}', "toml"),
        (f'[keys]\nfred = "{KEY}"\nfred = "{KEY}"', "toml"),
        (f'[keys]\nfred = "{KEY} {KEY}"', "key"),
        (f'[keys]\nfred = ["{KEY}"]', "key"),
        (f'[keys]\nfred = "{KEY}\\u00e9"', "key"),
        ('[keys]\nfred = ""', "key"),
        ('[keys]\nfred = "short"', "key"),
        (f'[keys]\nfrde = "{KEY}"', "unknown"),
        (f'fred = "{KEY}"', "unknown"),
        (f'[keys]\n{KEY} = "fred"', "unknown"),
        (f'{KEY} = "fred"', "unknown"),
        (f'[addresses]\n{KEY} = "https://fred.example"', "unknown"),
        (f'[{KEY}]\nfred = "x"', "unknown"),
        (f'[addresses]\nfred = "https://me:{KEY}@fred.example"', "address"),
        (f'[addresses]\nfred = "https://fred.example/?api_key={KEY}"', "address"),
        ('[addresses]\nfred = "ftp://fred.example"', "address"),
        ('[addresses]\nfred = "https://"', "address"),
        ('[addresses]\nfred = "http://fred.example:port"', "address"),
        ('[addresses]\nfred = "http://fred.example/\\r\\nHost: x"', "address"),
        ("[addresses]\nfred = 7", "address"),
    ],
)
def test_what_cannot_be_a_setting_is_said_without_showing_it(text, message_id, tmp_path):
    with pytest.raises(DebtcycleError) as caught:
        _load(_file(tmp_path, text))
    assert caught.value.message_id == f"settings.{message_id}"
    assert KEY not in _all_of(caught.value)


def test_a_wrong_name_is_shown_but_not_one_that_was_swapped(tmp_path):
    with pytest.raises(ConfigError, match="frde"):
        _load(_file(tmp_path, f'[keys]\nfrde = "{KEY}"'))
    with pytest.raises(ConfigError) as caught:
        _load(_file(tmp_path, '[keys]\nsecretsecret = "FRED"'))
    assert "secretsecret" not in str(caught.value)


def test_a_pipe_as_settings_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "config.toml", 0o600)
    with pytest.raises(ConfigError, match=r"settings\.unreadable"):
        _load(tmp_path / "config.toml")


def test_a_settings_file_that_is_none(tmp_path):
    with pytest.raises(ConfigError, match=r"settings\.unreadable"):
        _load(tmp_path)
    path = _file(tmp_path, "")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"settings\.unreadable"):
        _load(path)


def test_a_publisher_that_is_not_known(tmp_path):
    with Client([Endpoint(name="fred", address="https://x.example")], state=tmp_path) as client:
        assert client.address("fred") == "https://x.example"
        with pytest.raises(ConfigError, match=r"settings\.publisher"):
            client.address("other")
