"""Every way in which a publisher can fail has its own error, in time, and hurts nobody else."""

from __future__ import annotations

import gzip
import threading
import time
from dataclasses import replace

import pytest

from debtcycle.errors import ConfigError, SourceError
from debtcycle.network import Answer, Client, Endpoint, Patience
from debtcycle.sources.steps import Form, Request
from network.conftest import HASTY, KEY
from network.hostile import (
    BAD_KEY,
    CERTIFICATE,
    CSV,
    HTML,
    JSON,
    bomb,
    closed_port,
    in_turn,
    reply,
    reset,
    says,
    silence,
    trickle,
)

GZ = {"Content_Encoding": "gzip"}
PACKED = gzip.compress(CSV * 40, mtime=0)
MOVED = "302 Found"


def _request(path: str = "/x", **settings: object) -> Request:
    return Request(publisher="fred", path=path, **settings)


# What is played, what is expected, and how often it is asked: what cannot get better is asked once.
HOSTILE = {
    "429": (says(reply(status="429 Too Many Requests")), "too_often", 3),
    "429-soon": (says(reply(status="429 Too Many Requests", Retry_After=0)), "rate_limited", 3),
    "429-late": (says(reply(status="429 Too Many Requests", Retry_After=900)), "rate_limited", 1),
    "400-key": (says(reply(BAD_KEY, "400 Bad Request")), "key", 1),
    "400": (says(reply(b'{"error_message": "Bad Request."}', "400 Bad Request")), "status", 1),
    "401": (says(reply(status="401 Unauthorized")), "key", 1),
    "403": (says(reply(HTML, "403 Forbidden")), "forbidden", 1),
    "404": (says(reply(HTML, "404 Not Found")), "status", 1),
    "500": (says(reply(HTML, "500 Internal Server Error")), "status", 3),
    "502": (says(reply(HTML, "502 Bad Gateway")), "status", 3),
    "503": (says(reply(HTML, "503 Service Unavailable")), "status", 3),
    "silence": (silence(3.0), "timeout", 3),
    "trickle": (trickle(reply(b"", length=900), b"1" * 900, 0.1), "timeout", 0),
    "trickled-head": (trickle(reply(CSV), b"", 0.1, slow_head=True), "timeout", 0),
    "trickled-lines": (trickle(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n" * 900, 0.05), "timeout", 0),
    "reset": (reset, "reset", 3),
    "hangs-up": (says(), "reset", 3),
    "not-http": (says(b"220 mail.example ESMTP\r\n\r\n"), "protocol", 1),
    "too-short": (says(reply(CSV, length=len(CSV) + 9)), "length", 1),
    "too-long": (says(reply(CSV, length=len(CSV) - 3)), "length", 1),
    "cut-open-end": (says(reply(CSV[:-2], length=None)), "length", 1),
    "cut-chunk": (says(reply(b"ff\r\n12", length=None, Transfer_Encoding="chunked")), "length", 1),
    "bad-gzip": (says(reply(b"\x1f\x8b\x08rubbish" * 9, **GZ)), "encoding", 1),
    "not-gzip": (says(reply(CSV, **GZ)), "encoding", 1),
    "cut-gzip": (says(reply(PACKED[:-9], **GZ)), "encoding", 1),
    "tail-gzip": (says(reply(PACKED + b"tail", **GZ)), "encoding", 1),
    "brotli": (says(reply(CSV, Content_Encoding="br")), "encoding", 1),
    "twice-packed": (says(reply(PACKED, Content_Encoding="gzip, gzip")), "encoding", 1),
    "bomb": (says(reply(bomb(9 << 20), **GZ)), "bomb", 1),
    "announced-flood": (says(reply(b"1", length=9 << 20)), "bomb", 1),
    "flood": (says(reply(b"1" * (2 << 20), length=None)), "bomb", 1),
    "moved-private": (says(reply(status=MOVED, Location="http://10.0.0.7/x")), "redirect", 1),
    "moved-meta": (says(reply(status=MOVED, Location="http://169.254.169.254/")), "redirect", 1),
    "moved-away": (says(reply(status=MOVED, Location="https://example.org/x")), "redirect", 1),
    "moved-port": (says(reply(status=MOVED, Location="http://127.0.0.1:1/x")), "redirect", 1),
    "moved-user": (says(reply(status=MOVED, Location="//me@127.0.0.1/x")), "redirect", 1),
    "moved-file": (says(reply(status=MOVED, Location="file:///etc/passwd")), "redirect", 1),
    "moved-junk": (says(reply(status=MOVED, Location="http://[::1/x")), "redirect", 1),
    "moved-circle": (says(reply(status=MOVED, Location="/moved-circle")), "redirect", 5),
    "304-unasked": (says(reply(status="304 Not Modified", length=None)), "status", 1),
    "204": (says(reply(status="204 No Content", length=None)), "empty", 1),
    "empty": (says(reply(b"")), "empty", 1),
    "blank": (says(reply(b"\xef\xbb\xbf \r\n")), "empty", 1),
    "html": (says(reply(HTML)), "html", 1),
    "html-bom": (says(reply(b"\xef\xbb\xbf\r\n" + HTML, Content_Type="text/csv")), "html", 1),
    "error-json": (says(reply(BAD_KEY)), "error_body", 1),
    "json-for-csv": (says(reply(JSON)), "form", 1),
    "binary-for-csv": (says(reply(b"PK\x03\x04....")), "form", 1),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_each_failure_has_its_error_in_time_and_others_are_answered(name, publisher, client_of):
    play, kind, times = HOSTILE[name]
    served = publisher({f"/{name}": play})
    client = client_of(served.address)
    begun = time.monotonic()
    with pytest.raises(SourceError) as caught:
        client.get(_request(f"/{name}"))
    assert caught.value.message_id == f"network.{kind}"
    assert caught.value.params["publisher"] == "fred"
    # A slow one is asked as often as the question's time allows: two or three times.
    assert len(served.asked) == times or (not times and len(served.asked) in {2, 3})
    # Nothing waits beyond the question's deadline; a second is left for a machine that is busy.
    assert time.monotonic() - begun < HASTY.question_s + 1.0
    if name != "429-late":
        assert client.get(_request("/good")).body == CSV


def test_a_publisher_that_wants_to_be_left_alone_is_not_asked_again_by_anyone(publisher, client_of):
    served = publisher({"/x": HOSTILE["429-late"][0]})
    with pytest.raises(SourceError, match=r"network\.rate_limited"):
        client_of(served.address).get(_request())
    with pytest.raises(SourceError, match=r"network\.rate_limited.*wait_s=(900|899)"):
        client_of(served.address).get(_request("/good"))
    assert [asked.path for asked in served.asked] == ["/x"]


def test_nobody_listens(client_of):
    with pytest.raises(SourceError) as caught:
        client_of(f"http://127.0.0.1:{closed_port()}").get(_request())
    assert caught.value.message_id == "network.refused"


def test_a_name_that_does_not_exist(client_of, monkeypatch):
    import socket

    def unknown(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(SourceError) as caught:
        client_of("http://nowhere.invalid").get(_request())
    assert caught.value.message_id == "network.name"


def test_a_certificate_that_nobody_vouches_for(publisher, client_of):
    served = publisher(tls=True)
    with pytest.raises(SourceError) as caught:
        client_of(served.address).get(_request())
    assert caught.value.message_id == "network.tls"
    assert served.asked == []


def test_a_certificate_that_the_system_knows(publisher, client_of, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    client = client_of(publisher(tls=True).address)
    assert client.get(_request()).body == CSV
    assert client.get(_request("/again")).body == CSV


def test_a_server_without_tls_where_it_is_expected(publisher, client_of):
    served = publisher()
    with pytest.raises(SourceError) as caught:
        client_of(served.address.replace("http:", "https:")).get(_request())
    assert caught.value.message_id == "network.tls"


def test_a_redirect_from_tls_to_the_clear_is_refused(publisher, client_of, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    served = publisher(tls=True)
    served.plays["/x"] = says(reply(status=MOVED, Location=f"http://127.0.0.1:{served.port}/good"))
    with pytest.raises(SourceError, match=r"network\.redirect"):
        client_of(served.address).get(_request())
    assert [asked.path for asked in served.asked] == ["/x"]


def test_a_redirect_within_the_house_is_followed_with_the_key(publisher, client_of):
    served = publisher({"/x": says(reply(status=MOVED, Location="/good?a=1"))})
    answer = client_of(served.address, key=KEY).get(_request(keyed=True))
    assert answer.body == CSV
    assert served.asked[1].query == {"a": ["1"], "api_key": [KEY]}


@pytest.mark.parametrize("name", ["429", "500", "502", "503", "silence", "reset"])
def test_what_passes_is_asked_again(name, publisher, client_of):
    served = publisher({"/x": in_turn(HOSTILE[name][0], says(reply(CSV)))})
    assert client_of(served.address).get(_request()).body == CSV
    assert len(served.asked) == 2


def test_a_publisher_that_asks_to_wait_is_waited_for(publisher, client_of):
    busy = says(reply(status="503 Service Unavailable", Retry_After=1))
    served = publisher({"/x": in_turn(busy, says(reply(CSV)))})
    patience = replace(HASTY, question_s=5.0)
    assert client_of(served.address, patience=patience).get(_request()).body == CSV
    assert served.asked[1].at - served.asked[0].at >= 1.0


def test_a_wait_of_years_is_a_day(publisher, client_of):
    busy = says(reply(status="429 Too Many Requests", Retry_After=999_999_999))
    client = client_of(publisher({"/x": busy}).address)
    for _ in range(2):
        with pytest.raises(SourceError, match=r"rate_limited.*wait_s=(86400|8639\d)"):
            client.get(_request())


@pytest.mark.parametrize("form", [Form.CSV, Form.JSON])
@pytest.mark.parametrize("length", [None, -1])
def test_an_answer_without_a_length_is_whole_where_its_last_line_is(
    length, form, publisher, client_of
):
    body = {Form.CSV: CSV, Form.JSON: JSON}[form]
    served = publisher({"/x": says(reply(body, length=length))})
    assert client_of(served.address).get(_request(form=form)).body == body


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n" * 2,
    ],
)
def test_an_answer_before_the_answer_is_passed_over(head, publisher, client_of):
    served = publisher(
        {"/x": says(head + reply(CSV)), "/long": says(head + reply(CSV, length=len(CSV) - 3))}
    )
    assert client_of(served.address).get(_request()).body == CSV
    with pytest.raises(SourceError, match=r"network\.length"):
        client_of(served.address).get(_request("/long"))


def test_three_clients_ask_as_often_as_one_may(publisher, tmp_path):
    served = publisher()
    endpoint = Endpoint(name="fred", address=served.address, per_second=10, per_minute=6000)

    def ask() -> None:
        with Client([endpoint], state=tmp_path) as client:
            for _ in range(5):
                client.get(_request())

    asking = [threading.Thread(target=ask) for _ in range(3)]
    for one in asking:
        one.start()
    for one in asking:
        one.join(timeout=30)
    seen = sorted(asked.at for asked in served.asked)
    assert len(seen) == 15
    # As the server sees them: fifteen requests 0.11 s apart, of which a wire may shift the last.
    assert seen[-1] - seen[0] > 14 * 0.11 - 0.05


def test_nothing_new(publisher, client_of):
    def play(connection, asked):
        known = asked.headers.get("if-none-match") == '"one"'
        head = "304 Not Modified" if known else "200 OK"
        body = b"" if known else CSV
        connection.sendall(
            reply(body, head, ETag='"one"', Last_Modified="Mon, 05 Jan 2026 00:00:00 GMT")
        )

    client = client_of(publisher({"/x": play}).address)
    first = client.get(_request())
    assert first == Answer(CSV, '"one"', "Mon, 05 Jan 2026 00:00:00 GMT")
    second = client.get(_request(), etag=first.etag, modified=first.modified)
    assert second.unchanged
    assert second.body == b""


@pytest.mark.parametrize(
    "packed", [PACKED, gzip.compress(CSV * 20, mtime=0) + gzip.compress(CSV * 20, mtime=0)]
)
def test_packed_answers_are_unpacked(packed, publisher, client_of):
    served = publisher({"/x": says(reply(packed, **GZ))})
    assert client_of(served.address).get(_request()).body == CSV * 40


def test_a_body_at_the_limit_is_taken_and_one_beyond_is_not(publisher, client_of):
    most = HASTY.body_bytes
    served = publisher(
        {"/at": says(reply(bomb(most), **GZ)), "/over": says(reply(bomb(most + 1), **GZ))}
    )
    client = client_of(served.address)
    assert len(client.get(_request("/at")).body) == most
    with pytest.raises(SourceError, match=r"network\.bomb"):
        client.get(_request("/over"))
    # A whole table may be larger than one series can be.
    assert len(client.get(_request("/over", bulk=True)).body) == most + 1


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf" + CSV,
        CSV.replace(b"\n", b"\r\n"),
        "date,name\n2026-01-01,Zürich\n".encode("latin-1"),
    ],
)
def test_marks_line_ends_and_old_letters_are_left_to_the_parsers(body, publisher, client_of):
    served = publisher({"/x": says(reply(body))})
    assert client_of(served.address).get(_request()).body == body


@pytest.mark.parametrize(
    ("form", "body"),
    [
        (Form.JSON, JSON),
        (Form.JSON, b'{"data": [], "message": "No rows."}'),
        (Form.JSON, b"[]"),
        (Form.ZIP, b"PK\x03\x04..."),
        (Form.WORKBOOK, b"PK\x03\x04..."),
        (Form.WORKBOOK, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1..."),
    ],
)
def test_bodies_of_the_form_asked_for_are_taken(form, body, publisher, client_of):
    served = publisher({"/x": says(reply(body))})
    assert client_of(served.address).get(_request(form=form)).body == body


@pytest.mark.parametrize("form", [Form.JSON, Form.ZIP, Form.WORKBOOK])
@pytest.mark.parametrize(
    ("body", "kind"), [(HTML, "html"), (BAD_KEY, "error_body"), (b"sorry", "form")]
)
def test_other_forms_are_looked_at_too(form, body, kind, publisher, client_of):
    served = publisher({"/x": says(reply(body))})
    with pytest.raises(SourceError) as caught:
        client_of(served.address).get(_request(form=form))
    assert caught.value.message_id == f"network.{kind}"


def test_the_time_of_a_run_ends(publisher, client_of):
    served = publisher()
    client = client_of(served.address, patience=replace(HASTY, run_s=0.0))
    with pytest.raises(SourceError) as caught:
        client.get(_request())
    assert caught.value.message_id == "network.run"
    assert served.asked == []


def test_what_is_asked_is_what_was_meant(publisher, client_of):
    served = publisher()
    params = (("id", "GDP"), ("filter", "record_date:gte:2020-01-01"), ("page[size]", "10000"))
    client_of(f"{served.address}/house/").get(_request("/v1/a b", params=params))
    (asked,) = served.asked
    assert asked.target.startswith("/house/v1/a%20b?id=GDP&filter=record_date:gte:2020-01-01&page")
    assert asked.query["page[size]"] == ["10000"]
    assert asked.headers["user-agent"].startswith("debtcycle/")
    assert "cookie" not in asked.headers


@pytest.fixture
def proxied(publisher, monkeypatch):
    """A proxy that the environment names."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    served = publisher({"443": says(reply(status="502 Bad Gateway"))})
    monkeypatch.setenv("HTTPS_PROXY", served.address.replace("http://", "http://me:password@"))
    monkeypatch.setenv("HTTP_PROXY", served.address)
    return served


def test_a_proxy_is_asked_for_a_tunnel_and_sees_no_key(proxied, client_of):
    with pytest.raises(SourceError) as caught:
        client_of("https://fred.example", key=KEY).get(_request(keyed=True))
    assert caught.value.message_id == "network.proxy"
    (asked,) = proxied.asked
    assert asked.target == "fred.example:443"
    assert asked.headers["proxy-authorization"].startswith("Basic ")
    assert KEY not in str(asked)
    assert "password" not in str(caught.value)


def test_this_machine_is_asked_without_a_proxy(proxied, publisher, client_of, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    for tls in (False, True):
        assert client_of(publisher(tls=tls).address).get(_request()).body == CSV
    assert proxied.asked == []


def test_a_host_that_needs_no_proxy_is_asked_without_one(proxied, client_of, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "fred.example")
    import socket

    def unknown(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(SourceError, match=r"network\.name"):
        client_of("https://fred.example").get(_request())
    assert proxied.asked == []


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "http://u:secret@[::1", "http://"])
def test_a_proxy_of_another_kind_is_refused_in_words(proxy, proxied, client_of, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    client = client_of("https://fred.example")
    for asking in (lambda: client.get(_request()), lambda: client.check(["fred"])):
        with pytest.raises(ConfigError, match=r"settings\.proxy") as caught:
            asking()
        assert "secret" not in str(caught.value)
    client_of("http://127.0.0.1:1").check(["fred"])


@pytest.mark.soak
@pytest.mark.parametrize("slow_head", [False, True])
def test_one_byte_a_second_ends_with_the_time_of_a_question(slow_head, publisher, client_of):
    play = trickle(reply(b"", length=900), b"1" * 900, 1.0, slow_head=slow_head)
    client = client_of(publisher({"/x": play}).address, patience=Patience())
    begun = time.monotonic()
    with pytest.raises(SourceError, match=r"network\.timeout"):
        client.get(_request())
    assert 85.0 < time.monotonic() - begun < 95.0
