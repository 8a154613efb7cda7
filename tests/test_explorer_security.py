"""The explorer's server against everything that a browser, another site or a stranger on the network may send it."""

import ast
import asyncio
import os
import random
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

import jamjae as jj
from explored import RUN, SECRET, TOKEN, answer, running, until
from jamjae.cli import main
from jamjae.core.errors import UsageError
from jamjae.explorer import address, begin, body, guard, server, wire

SOURCE = Path(guard.__file__).parent
GETS = ["/", "/asset/map.js", "/api/runs", f"/api/run/{RUN}/about"]
POSTED = f"/api/run/{RUN}/decode"
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def served():
    with running() as found:
        yield found


@pytest.fixture
def fresh():
    """A client of a server whose token nobody has used."""
    with running(enter=False) as found:
        yield found.client


def sent(served, line="POST " + POSTED, raw=b'{"z": 1}', **headers):
    """A POST as bytes, with its length."""
    headers = {"content-type": "application/json", "content-length": str(len(raw)), **headers}
    return served.head(line, **{name.replace("_", "-"): value for name, value in headers.items()}) + raw


def test_who_is_in_gets_answers(served):
    """Without this, refusing everything would pass."""
    for path in GETS:
        assert served.client.get(path).status_code == 200, path
    assert served.client.get("/api/runs").json() == [{"id": RUN, "name": "mnist-vae-001"}]
    assert served.client.get("/asset/map.js").headers["content-type"].startswith("text/javascript")
    assert served.post().json() == {"verb": "decode", "keys": ["z"]}
    assert served.ask(sent(served))[0] == 200
    assert served.client.head("/").status_code == 200


# where it listens


def listening(port):
    """Addresses that listen on a port, as the kernel tells it."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:] if Path(table).exists() else []:
            place, state = line.split()[1], line.split()[3]
            address, number = place.split(":")
            if state == "0A" and int(number, 16) == port:
                found.add(address)
    return found


V4, V6 = "0100007F", "00000000000000000000000001000000"
linux = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads the kernel's table of connections")


@linux
def test_by_default_only_this_machine_can_connect(served):
    assert listening(served.port) == {V4}


@linux
def test_localhost_is_both_of_its_addresses_and_no_other():
    with running(host="localhost") as found:
        assert listening(found.port) == ({V4, V6} if socket.has_dualstack_ipv6() else {V4})


def test_another_address_is_bound_only_when_asked_for_and_warned_about(capsys):
    begin.announce("http://box:1/?token=x", "0.0.0.0", False)
    assert "other machines" in capsys.readouterr().err
    begin.announce("http://127.0.0.1:1/?token=x", "127.0.0.1", False)
    assert capsys.readouterr().err == ""


def test_another_address_needs_the_token_too():
    with running(host="0.0.0.0") as found:
        assert found.client.get("/api/runs").status_code == 200
        assert httpx.get(f"{found.address}/api/runs", trust_env=False).status_code == 403
        named = address.names("0.0.0.0", found.port)
        assert f"{socket.gethostname().lower()}:{found.port}" in named and f"0.0.0.0:{found.port}" not in named


def test_a_port_that_is_taken_is_refused_with_what_to_type(served):
    with pytest.raises(UsageError, match=rf"port {served.port} is taken.*--port"):
        address.listen("127.0.0.1", served.port)


@pytest.mark.parametrize("host", ["192.0.2.1", "::2", "", "a..b"])
def test_an_address_of_another_machine_is_refused(host):
    with pytest.raises(UsageError, match="`host` must be an address of this machine"):
        address.listen(host, 0)


def test_a_port_that_does_not_exist_is_refused():
    with pytest.raises(UsageError, match="`port` must be between 0 and 65535; got 70000"):
        address.listen("127.0.0.1", 70_000)


# the name it is called by


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]"])
def test_its_own_names_are_answered(served, name):
    assert served.ask(served.head("GET /api/runs", host=f"{name}:{served.port}", origin=None))[0] == 200


FOREIGN = {
    "another site": "evil.com:{port}",
    "a name that resolves here": "127.0.0.1.nip.io:{port}",
    "the address of all addresses": "0.0.0.0:{port}",
    "no port": "127.0.0.1",
    "another port": "127.0.0.1:1",
    "another spelling": "127.1:{port}",
    "a dot behind": "localhost.:{port}",
    "in front of the site": "127.0.0.1:{port}@evil.com",
    "behind the site": "evil.com@127.0.0.1:{port}",
    "two names": "127.0.0.1:{port}, evil.com",
    "nothing": "",
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_foreign_name_is_refused(served, name):
    raw = served.head("GET /api/runs", host=FOREIGN[name].format(port=served.port), origin=None)
    assert served.ask(raw)[0] in (400, 403)


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_no_name_is_refused(served, version):
    assert served.ask(f"GET / HTTP/{version}\r\nCookie: {served.cookie}\r\n\r\n".encode())[0] == 400


@pytest.mark.parametrize("second", ["127.0.0.1:{port}", "evil.com"])
def test_two_names_are_refused(served, second):
    raw = served.head("GET /", HOST=second.format(port=served.port))
    assert raw.lower().count(b"\r\nhost:") == 2 and served.ask(raw)[0] == 400


def test_two_names_are_refused_by_the_guard_itself():
    """Whatever the parser of HTTP in front of it does."""
    from starlette.datastructures import Headers

    door = guard.Guard(None, TOKEN, {"a:1"})
    with pytest.raises(guard.Refused) as refused:
        door.called(Headers(raw=[(b"host", b"a:1"), (b"host", b"a:1")]))
    assert refused.value.status == 400


@pytest.mark.parametrize("target", ["http://evil.com/", "http://127.0.0.1:{port}/", "//evil.com/", "evil.com:80", "*"])
def test_a_target_that_is_no_path_is_refused(served, target):
    assert served.ask(served.head(f"GET {target.format(port=served.port)}"))[0] in (400, 403, 404)


# where a request comes from

ORIGINS = {
    "another site": "http://evil.com",
    "nowhere": "null",
    "another port": "http://127.0.0.1:1",
    "encrypted": "https://{host}",
    "as the beginning of a name": "http://{host}.evil.com",
    "missing": None,
    "empty": "",
}


@pytest.mark.parametrize("origin", ORIGINS)
def test_a_change_from_another_origin_is_refused(served, origin):
    value = ORIGINS[origin]
    raw = sent(served, origin=value.format(host=served.host) if value else value)
    assert served.ask(raw)[0] == 403


def test_a_change_from_two_origins_is_refused(served):
    assert served.ask(sent(served, ORIGIN="http://evil.com"))[0] == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "whatever"])
def test_a_change_that_the_browser_calls_foreign_is_refused(served, site):
    assert served.ask(sent(served, sec_fetch_site=site))[0] == 403
    assert served.ask(sent(served, sec_fetch_site="same-origin"))[0] == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("path", GETS[1:])
def test_data_and_scripts_are_not_for_other_sites(served, path, site):
    """`<script src>` and `fetch(..., {mode: "no-cors"})` of another page send no Origin."""
    assert served.client.get(path, headers={"sec-fetch-site": site}).status_code == 403


def test_a_stream_for_another_site_is_refused(served):
    foreign = {"origin": "http://evil.com", "accept": "text/event-stream"}
    assert served.client.get(f"/api/run/{RUN}/log", headers=foreign).status_code == 403


@pytest.mark.parametrize("origin", ["own", "http://evil.com"])
def test_a_web_socket_is_refused(served, origin):
    upgrade = {"connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13"}
    own = served.address if origin == "own" else origin
    raw = served.head("GET /api/runs", **upgrade, **{"sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==", "origin": own})
    assert served.ask(raw)[0] in (400, 403)


def test_the_guard_closes_web_sockets_itself():
    """Should the server in front of it ever speak that protocol."""
    said = []

    async def send(message):
        said.append(message)

    asyncio.run(guard.Guard(None, TOKEN, set())({"type": "websocket"}, None, send))
    assert said == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize("path", [*GETS, POSTED])
def test_a_preflight_is_denied(served, path):
    asking = {"origin": "http://evil.com", "access-control-request-method": "POST"}
    assert served.client.options(path, headers=asking).status_code in (403, 405)


@pytest.mark.parametrize("origin", ["http://evil.com", "null", None])
def test_no_answer_allows_another_origin(served, origin):
    for path in [*GETS, "/nothing", POSTED]:
        for method in ("GET", "OPTIONS", "POST"):
            headers = served.client.request(method, path, headers={"origin": origin or served.address}).headers
            assert not [name for name in headers if name.startswith("access-control-")]


# the token


@pytest.mark.parametrize("path", [*GETS, "/asset/model.wasm", "/nothing", "/api/run/0/about"])
def test_without_the_cookie_everything_is_refused(served, path):
    refused = httpx.get(served.address + path, trust_env=False)
    assert refused.status_code == 403 and "terminal" in refused.text and "token" in refused.text


def test_a_change_without_the_cookie_is_refused(served):
    assert served.ask(sent(served, cookie=None))[0] == 403
    assert served.ask(sent(served, cookie="jamjae=1; " + served.cookie[:-1]))[0] == 403


@pytest.mark.parametrize("token", ["", "x", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "\u00e9", "\0"])
def test_a_wrong_token_is_refused(fresh, token):
    refused = fresh.get("/", params={"token": token})
    assert refused.status_code == 403 and "set-cookie" not in refused.headers
    assert fresh.get("/", params={"token": TOKEN}).status_code == 303, "and does not use the right one up"


def test_the_token_opens_once(fresh):
    assert fresh.get("/", params={"token": TOKEN}).status_code == 303
    assert fresh.get("/", params={"token": TOKEN}).status_code == 303, "who is in stays in"
    fresh.cookies.clear()
    assert fresh.get("/", params={"token": TOKEN}).status_code == 403


def test_looking_ahead_does_not_use_the_token_up(fresh):
    assert fresh.head("/", params={"token": TOKEN}).status_code == 403
    assert fresh.get("/api/runs", params={"token": TOKEN}).status_code == 403
    assert fresh.get("/", params={"token": TOKEN}).status_code == 303


def test_the_token_leads_to_an_address_without_it(served):
    assert served.entered.status_code == 303 and served.entered.headers["location"] == "/"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(served):
    words = {word.strip().lower() for word in served.entered.headers["set-cookie"].split(";")[1:]}
    assert words == {"httponly", "samesite=strict", "path=/"}


def test_the_cookie_is_another_secret_and_another_one_each_time(served):
    with running() as other:
        assert other.cookie.split("=")[0] != served.cookie.split("=")[0], "browsers share cookies among ports"
        assert other.cookie.split("=")[1] != served.cookie.split("=")[1] and TOKEN not in served.cookie
        assert len(served.cookie.split("=")[1]) >= 32


def test_secrets_are_compared_in_constant_time(fresh, monkeypatch):
    compared, real = [], secrets.compare_digest
    monkeypatch.setattr(secrets, "compare_digest", lambda a, b: compared.append((a, b)) or real(a, b))
    fresh.get("/", params={"token": "wrong"})
    assert (b"wrong", TOKEN.encode()) in compared
    fresh.get("/", params={"token": TOKEN})
    fresh.get("/")
    assert any(a == b and a != TOKEN.encode() for a, b in compared), "the cookie, too"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    runs = tmp_path_factory.mktemp("runs")
    return jj.fit("vae", "digits", latent=2, epochs=0.2, encoder__widths="8", decoder__widths="8", runs=runs)


def test_the_command_prints_the_token_once_logs_nothing_and_stops_cleanly(run):
    command = [sys.executable, "-m", "jamjae.cli", "explore", str(run.folder), "--no-open"]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=os.environ | {"PYTHONUNBUFFERED": "1"}, **options) as process:
        url = process.stdout.readline().strip()
        token = url.partition("token=")[2]
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?token=[\w-]{43}", url)
        with httpx.Client(trust_env=False, follow_redirects=True) as client:
            assert client.get(url).status_code == 200
            (one,) = client.get(httpx.URL(url).join("/api/runs")).json()
            assert one["name"] == run.folder.name and str(run.folder) not in str(one)
            assert client.get(httpx.URL(url).join(f"/api/run/{one['id']}/nothing")).status_code == 404
        assert httpx.get(url, trust_env=False).status_code == 403
        port = httpx.URL(url).port
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(f"GET /?token={token} nonsense\r\n\r\n".encode())
            assert answer(connection)[0] == 400
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=10)
    assert process.returncode == 0
    assert errors == "" and token not in out, "the first line, which was read above, is all there is"


def test_the_command_names_the_option_where_the_port_is_taken(run, served, capsys, monkeypatch):
    monkeypatch.setattr("jamjae.cli.tune.apply", lambda recorded=None: None)
    assert main(["explore", str(run.folder), "--port", str(served.port), "--no-open"]) == 2
    assert f"port {served.port} is taken. Choose another with --port" in capsys.readouterr().err


# what a body may be

KINDS = {
    "a form": "application/x-www-form-urlencoded",
    "a form with files": "multipart/form-data; boundary=x",
    "text, which needs no preflight": "text/plain",
    "text that looks like JSON": "text/plain; application/json",
    "nothing": None,
    "almost": "application/jsonp",
    "a relative": "application/ld+json",
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_body_that_does_not_say_json_is_refused(served, kind):
    assert served.ask(sent(served, content_type=KINDS[kind]))[0] == 415


def test_json_may_name_its_characters(served):
    assert served.ask(sent(served, content_type="Application/JSON; charset=utf-8"))[0] == 200


def test_a_body_that_says_it_is_too_large_is_refused_before_it_comes(served):
    assert served.ask(served.head("POST " + POSTED, **JSON, **{"content-length": "10000001"}))[0] == 413


@pytest.mark.parametrize("length", ["-1", "1e3", "0x10", "9" * 30, "1,2"])
def test_a_length_that_is_no_number_is_refused(served, length):
    assert served.ask(served.head("POST " + POSTED, **JSON, **{"content-length": length}))[0] in (400, 413)


def test_a_body_that_grows_too_large_is_refused(served):
    chunk = b"100000\r\n" + bytes(2**20) + b"\r\n"
    with served.connected() as connection:
        connection.sendall(served.head("POST " + POSTED, **JSON, **{"transfer-encoding": "chunked"}))
        for _ in range(10):
            connection.sendall(chunk)
        assert answer(connection)[0] == 413


def test_a_body_of_ten_megabytes_is_taken(served):
    raw = b'{"z": "' + b"x" * (guard.LARGEST_BODY - 9) + b'"}'
    assert len(raw) == guard.LARGEST_BODY
    assert served.ask(sent(served, raw=raw))[0] == 200


@pytest.mark.parametrize("size", [17_000, 60_000, 1_000_000])
def test_large_headers_are_refused(served, size):
    with served.connected() as connection:
        try:
            connection.sendall(served.head("GET /", filler="x" * size))
            assert answer(connection)[0] in (400, 431)
        except (ConnectionResetError, BrokenPipeError):  # it was closed while we were still sending
            assert size > 60_000


def test_a_large_address_and_many_headers_are_refused(served):
    assert served.ask(served.head("GET /?" + "x" * 17_000))[0] in (400, 431)
    assert served.ask(served.head("GET /", **{f"a{n}": "x" * 40 for n in range(400)}))[0] in (400, 431)


def nested(depth):
    return b'{"z":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


def test_json_is_read_to_a_depth_of_32(served):
    assert served.ask(sent(served, raw=nested(32)))[0] == 200


@pytest.mark.parametrize("depth", [33, 500, 100_000])
def test_deeper_json_is_refused(served, depth):
    status, _, said = served.ask(sent(served, raw=nested(depth)))
    assert status == 400 and b"at most 32 deep" in said


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_numbers_that_are_not_finite_are_refused(served, number):
    status, _, said = served.ask(sent(served, raw=f'{{"z": [[{number}]]}}'.encode()))
    assert status == 400 and b"finite" in said


@pytest.mark.parametrize("number", [str(2**53 + 1), "9" * 400, "9" * 10_000])
def test_numbers_that_are_not_exact_are_refused(served, number):
    assert served.ask(sent(served, raw=f'{{"z": {number}}}'.encode()))[0] == 400


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[1]", b"1", b"null", b'"z"', b"{'z': 1}", b"\xff\xfe", b'{"z": 1} x', b"\0"]
)
def test_what_is_no_json_object_is_refused(served, raw):
    assert served.ask(sent(served, raw=raw))[0] == 400


def test_depth_counts_objects_and_lists():
    assert [len(level) for level in body.levels({"a": [[1], {}], "b": 2})] == [1, 1, 2]


# paths

CLIMBS = [
    "..", "../guard.py", "../../../../etc/passwd", "%2e%2e/guard.py", "%2e%2e%2fguard.py", "%252e%252e%252fguard.py",
    "..%5cguard.py", "..\\guard.py", "..;/guard.py", "map.js;x", "map.js%00", "%00", "%c0%ae%c0%ae/guard.py",
    "%c0%af", "%e0%80%ae", "C:/windows/win.ini", "C:%5cwindows", "%5c%5chost%5cshare", "//host/share", "/etc/passwd",
    "./map.js", ".", ".git", "map.js/", "map.js/..", "~root", "file:///etc/passwd", "map.js%20", "+", "*", "%",
    "__init__.py", "guard.py", "page/index.html",
]  # fmt: skip
ROUTES = ["/{}", "/asset/{}", "/api/{}", "/api/run/{}/about", f"/api/run/{RUN}/{{}}"]


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("climb", CLIMBS)
def test_no_path_climbs(served, route, climb):
    for raw in (served.head("GET " + route.format(climb)), sent(served, "POST " + route.format(climb))):
        status, _, said = served.ask(raw)
        assert status in (400, 404, 405), f"{status} for {route.format(climb)}"
        assert b"root:" not in said and b"import" not in said


def test_only_what_was_loaded_at_the_start_is_an_asset(served, tmp_path):
    (tmp_path / "late.js").write_text("1")
    assets = begin.assets(tmp_path)
    (tmp_path / "later.js").write_text("2")
    assert list(assets) == ["late.js"]
    for name in ("later.js", "late.js"):
        assert served.client.get(f"/asset/{name}").status_code == 404


def test_nothing_between_a_request_and_its_run_can_reach_files_processes_or_the_network():
    """So there is no path to climb and no address that the server could be made to fetch."""
    reach = {"os", "pathlib", "shutil", "subprocess", "urllib", "http", "httpx", "requests", "pickle", "jinja2", "io"}
    for name in ("guard", "body", "lane", "wire", "server", "address"):
        tree = ast.parse((SOURCE / f"{name}.py").read_text())
        found = {
            alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
        }
        found |= {
            (n.module or "").split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and not n.level
        }
        calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        assert not found & reach, name
        assert not calls & {"open", "eval", "exec", "compile", "__import__", "FileResponse", "StaticFiles"}, name
        assert not [call for call in calls if call.endswith((".connect", "create_connection"))], name


# methods and framing


@pytest.mark.parametrize(
    "method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "GETS", "X"]
)
def test_other_methods_are_refused(served, method):
    for path in (*GETS, POSTED):
        status, headers, _ = served.ask(served.head(f"{method} {path}"))
        assert status == 405 and headers["allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize("path", GETS[:3])
def test_what_is_only_read_cannot_be_posted_to(served, path):
    assert served.ask(sent(served, f"POST {path}"))[0] == 405


def test_a_method_in_a_header_counts_for_nothing(served):
    override = {"x-http-method-override": "POST", "x-method-override": "POST"}
    assert served.client.get(POSTED, headers=override).status_code == 404


HIDDEN = b"GET /api/runs HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
SMUGGLED = {
    "a length and chunks": {"content-length": "4", "transfer-encoding": "chunked"},
    "chunks and a length": {"transfer-encoding": "chunked", "content-length": "0"},
    "two lengths": {"content-length": "4", "Content-Length": "40"},
    "a list of lengths": {"content-length": "4, 40"},
    "two codings": {"transfer-encoding": "chunked", "Transfer-Encoding": "identity"},
    "an unknown coding": {"transfer-encoding": "xchunked"},
    "a list of codings": {"transfer-encoding": "gzip, chunked"},
    "a space before the colon": {"transfer-encoding ": "chunked"},
    "a sign": {"content-length": "+4"},
    "an underscore": {"content-length": "1_0"},
}


@pytest.mark.parametrize("framing", SMUGGLED)
def test_a_second_request_inside_a_body_is_not_answered(served, framing):
    with served.connected() as connection:
        connection.sendall(served.head("POST " + POSTED, **JSON, **SMUGGLED[framing]) + b"0\r\n\r\n" + HIDDEN)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert received.startswith(b"HTTP/1.1 400 ") and received.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    "raw", [b"\0\0\0\0\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b"GET /\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\n"]
)
def test_what_is_no_http_gets_an_error(served, raw):
    status, headers, _ = served.ask(raw)
    assert status in (400, 405) and headers["content-security-policy"]


@pytest.mark.parametrize("chunk", [b"zz\r\n", b"-1\r\n", b"5;" + b"x" * 20_000, b"1\r\nab", b"f" * 21 + b"\r\n"])
def test_a_chunk_that_is_none_is_refused(served, chunk, capfd):
    with served.connected() as connection:
        connection.sendall(served.head("POST " + POSTED, **JSON, **{"transfer-encoding": "chunked"}) + chunk)
        assert answer(connection)[0] in (400, 413)
    assert capfd.readouterr().err == ""


def test_no_damaged_request_gets_past_the_guard_or_breaks_it(served, capfd):
    """Damage in places that a seed chooses: whatever comes of it, it is no error of the server."""
    chosen, whole, found = random.Random(0), sent(served), set()
    for _ in range(200):
        raw = bytearray(whole)
        for _ in range(chosen.randint(1, 4)):
            place = chosen.randrange(len(raw))
            raw[place : place + chosen.randint(0, 3)] = chosen.choice(
                [b"", b"\0", b"\r\n", b"\xff", b"%2e", b" ", b":", b"/"]
            )
        with served.connected() as connection:
            connection.settimeout(0.05)
            connection.sendall(raw)
            with suppress(TimeoutError):
                found.add(answer(connection)[0])
    assert {400, 403, 404} <= found and not [status for status in found if status >= 500]
    assert capfd.readouterr().err == "" and served.post().status_code == 200


def test_who_leaves_in_the_middle_of_a_body_leaves_no_traceback(served, capfd):
    with served.connected() as connection:
        connection.sendall(served.head("POST " + POSTED, **JSON, **{"content-length": "1000"}) + b"{")
        time.sleep(0.1)
    for _ in range(3):
        assert served.client.get("/api/runs").status_code == 200
    assert capfd.readouterr().err == ""


# time


@pytest.fixture
def hurried(monkeypatch):
    monkeypatch.setattr(wire, "ARRIVE", 0.4)
    monkeypatch.setattr(wire, "TAKE", 0.4)
    with running() as found:
        yield found


def closed_after(connection, limit=5.0):
    """Seconds until the other side has closed."""
    start = time.monotonic()
    connection.settimeout(limit)
    with suppress(ConnectionResetError):
        while connection.recv(65536):
            pass
    return time.monotonic() - start


def test_a_connection_that_says_nothing_is_closed(hurried):
    with hurried.connected() as connection:
        assert closed_after(connection) < 2


def closed_while_it_drips(hurried, first, drop):
    """A connection that sends a little again and again is closed in time."""
    with hurried.connected() as connection:
        connection.sendall(first)
        start = time.monotonic()
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            while time.monotonic() - start < 5:
                connection.sendall(drop)
                time.sleep(0.05)
        assert time.monotonic() - start < 2


def test_headers_that_drip_are_closed(hurried):
    closed_while_it_drips(hurried, b"GET / HTTP/1.1\r\n", b"a: b\r\n")


@pytest.mark.parametrize("framing", [{"content-length": "1000"}, {"transfer-encoding": "chunked"}])
def test_a_body_that_drips_is_closed(hurried, framing):
    closed_while_it_drips(hurried, hurried.head("POST " + POSTED, **JSON, **framing), b"1\r\n1\r\n")


def test_a_second_request_that_drips_is_closed(hurried):
    with hurried.connected() as connection:
        connection.sendall(
            hurried.head("GET /api/runs") + hurried.head("POST " + POSTED, **JSON, **{"content-length": "9"})
        )
        assert answer(connection)[0] == 200
        assert closed_after(connection) < 2


def test_an_answer_that_is_not_taken_is_cut_off(hurried):
    with hurried.connected() as connection:
        connection.sendall(hurried.head(f"GET /api/run/{RUN}/large?n=30000000"))
        time.sleep(1.5)
        connection.settimeout(5)
        received = 0
        with suppress(ConnectionResetError):
            while piece := connection.recv(2**20):
                received += len(piece)
        assert received < 30_000_000


def test_who_is_in_time_is_not_cut_off(hurried):
    with hurried.connected() as connection:
        for _ in range(5):
            connection.sendall(hurried.head("GET /api/runs"))
            assert answer(connection)[0] == 200
            time.sleep(0.15)


def test_above_their_number_connections_are_closed(monkeypatch):
    with running() as found:
        monkeypatch.setattr(wire, "CONNECTIONS", 3)
        held = [found.connected() for _ in range(2)]  # and the client's own
        with found.connected() as connection:
            assert closed_after(connection) < 2
        for connection in held:
            connection.close()
        assert until(lambda: found.ask(found.head("GET /api/runs"))[0] == 200)


# errors


def test_an_unexpected_error_says_nothing(served, capfd):
    failed = served.client.get(f"/api/run/{RUN}/broken")
    assert failed.status_code == 500 and failed.json() == {"error": "This went wrong; the terminal says what."}
    said = capfd.readouterr().err
    assert "Traceback" in said and SECRET in said, "the terminal has it"


def test_an_error_for_the_user_comes_without_its_folders(served, capfd):
    failed = served.client.get(f"/api/run/{RUN}/damaged")
    assert failed.status_code == 400 and SECRET not in failed.text and "terminal" in failed.json()["error"]
    assert SECRET in capfd.readouterr().err


PLACES = [
    "/root/a",
    "'/a b/c'",
    "~/runs",
    "C:\\a",
    "C:/a",
    "\\\\host\\share",
    "runs/a/spec.json",
    "../a/b",
    "file:///a",
]


@pytest.mark.parametrize("place", PLACES)
def test_places_are_recognised(place, capsys):
    assert place not in server.without_places(f"{place}, the data, is not there")
    assert place in capsys.readouterr().err


def test_what_the_user_can_mend_is_said(served):
    said = served.post("wrong", json={}).json()
    assert said == {"error": "`z` must have 2 axes; got 3. Pass z of shape (n, 2)."}
    assert served.client.get(f"/api/run/{RUN}/undefined").json() == {"error": "a point has no density."}


def test_refusals_repeat_nothing_of_the_request(served):
    mark = "zq8xk1"
    for raw in (
        served.head(f"GET /{mark}"),
        served.head(f"GET /api/run/{mark}/about"),
        served.head(f"GET /api/run/{RUN}/{mark}"),
        served.head("GET /", host=mark),
        served.head("GET /", origin=f"http://{mark}"),
        served.head(f"{mark} /"),
        sent(served, raw=b'{"' + mark.encode()),
        f"{mark}\r\n\r\n".encode(),
    ):
        status, headers, said = served.ask(raw)
        assert status >= 400 and mark.encode() not in said and mark not in str(headers)


def answers(served):
    """One answer of every status that there is."""
    yield 200, served.head("GET /")
    yield 200, sent(served)
    yield 303, served.head(f"GET /?token={TOKEN}")
    yield 400, sent(served, raw=b"{")
    yield 400, served.head("GET http://evil.com/")
    yield 400, b"nonsense\r\n\r\n"
    yield 403, served.head("GET /", host="evil.com")
    yield 403, served.head("GET /", cookie=None)
    yield 404, served.head("GET /nothing")
    yield 404, served.head("GET /..")
    yield 405, served.head("PUT /")
    yield 405, sent(served, "POST /api/runs")
    yield 413, served.head("POST " + POSTED, **JSON, **{"content-length": "99999999"})
    yield 415, sent(served, content_type="text/plain")
    yield 431, served.head("GET /", filler="x" * 16_300)
    yield 500, served.head(f"GET /api/run/{RUN}/broken")


POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "media-src": "'self' blob:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
OTHERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


def test_every_answer_forbids_what_the_page_does_not_need(served):
    for status, raw in answers(served):
        found, headers, _ = served.ask(raw)
        assert found == status
        policy = dict(rule.strip().split(" ", 1) for rule in headers["content-security-policy"].split(";"))
        assert policy == POLICY and {name: headers[name] for name in OTHERS} == OTHERS, status
        assert all(len(headers.get_all(name)) == 1 for name in (*OTHERS, "content-security-policy")), "once each"
        assert "server" not in headers


PAGES = sorted((SOURCE / "page").rglob("*.html"))


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_the_page_has_nothing_inline(page):
    text = page.read_text(encoding="utf-8")
    assert not re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", text)
    assert not re.findall(r"""(?:src|href)=["']?(?:https?:)?//""", text)
