"""A server that shows a run made for the tests, and what its clients need."""

import json
import socket
import sys
import threading
import time
from contextlib import contextmanager
from http.client import HTTPResponse

import httpx

from jamjae.core.errors import DataError, Undefined, UsageError
from jamjae.explorer import address, server
from jamjae.explorer.server import Answer

TOKEN = "the-token-of-the-tests-0123456789"
RUN = "3fa9c1d2e4b5a697"
ASSETS = {
    "index.html": (b"<!doctype html><title>page</title>", "text/html"),
    "map.js": (b"export const map = 1;", "text/javascript"),
    "model.wasm": (b"\0asm" + bytes(100_000), "application/wasm"),
}
ROWS = [{"event": "row", "step": step, "loss": 1.0 / (step + 1)} for step in range(100)]
SECRET = "/home/somebody/secret"


class Fake:
    """Answers at once; `slow` waits for `go`, and `worked` tells what was computed."""

    name = "mnist-vae-001"

    def __init__(self, rows=ROWS):
        self.rows, self.go, self.worked = rows, threading.Event(), []

    def get(self, part, query):
        if part == "slow":
            self.worked.append(query.get("n"))
            assert self.go.wait(20)
        if part in WRONG:
            kind, text = WRONG[part]
            raise kind(text)  # a new one: one that is raised again collects tracebacks
        parts = {"about": {"name": self.name}, "log": self.rows, "slow": query}
        if part == "large":
            return Answer(bytes(int(query["n"])), "application/octet-stream")
        return Answer(json.dumps(parts[part]).encode(), "application/json")

    def call(self, verb, body):
        if verb == "wrong":
            raise UsageError("`z` must have 2 axes; got 3. Pass z of shape (n, 2).")
        return Answer(json.dumps({"verb": {"decode": verb}[verb], "keys": sorted(body)}).encode(), "application/json")


WRONG = {
    "undefined": (Undefined, "a point has no density."),
    "damaged": (DataError, f"{SECRET}/weights.safetensors is damaged."),
    "broken": (RuntimeError, f"no {SECRET}/weights.safetensors"),
}


class Served:
    """A running server and a client that is in."""

    def __init__(self, port, fake):
        self.port, self.fake, self.host = port, fake, f"127.0.0.1:{port}"
        self.address = f"http://{self.host}"
        self.client = httpx.Client(base_url=self.address, headers={"origin": self.address}, trust_env=False, timeout=20)

    def enter(self):
        """Use the token up."""
        self.entered = self.client.get("/", params={"token": TOKEN})
        self.cookie = "; ".join(f"{name}={value}" for name, value in self.client.cookies.items())

    def post(self, verb="decode", **options):
        options = options or {"json": {"z": [[0.0, 1.0]]}}
        return self.client.post(f"/api/run/{RUN}/{verb}", **options)

    def head(self, line, **headers):
        """Bytes of a request, with cookie, host and origin where nothing else is said."""
        usual = {"host": self.host, "cookie": self.cookie, "origin": self.address} | headers
        return "\r\n".join(
            [f"{line} HTTP/1.1", *(f"{k}: {v}" for k, v in usual.items() if v is not None), "", ""]
        ).encode()

    def ask(self, raw):
        """Send bytes as they are; the answer."""
        with self.connected() as connection:
            connection.sendall(raw)
            return answer(connection)

    def connected(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)


def answer(connection):
    """One answer: status, headers, body."""
    with HTTPResponse(connection) as response:
        response.begin()
        return response.status, response.headers, response.read()


@contextmanager
def running(fake=None, host="127.0.0.1", enter=True):
    """A server in a thread of this process."""
    fake = fake or Fake()
    sockets = address.listen(host, 0)
    port = sockets[0].getsockname()[1]
    served = server.prepared(server.app({RUN: fake}, ASSETS, TOKEN, address.names(host, port)))
    thread = threading.Thread(target=served.run, args=(sockets,), daemon=True)
    thread.start()
    found = Served(port, fake)
    try:
        if enter:
            found.enter()
        yield found
    finally:
        if isinstance(fake, Fake):
            fake.go.set()
        found.client.close()
        served.should_exit = True
        thread.join(10)


def until(holds, seconds=5.0):
    """Wait until something holds; whether it did in time."""
    end = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < end:
        time.sleep(0.01)
    return held


def alone():
    """Serve in this process until the standard input ends; the port is printed."""
    with running(enter=False) as found:
        print(found.port, flush=True)
        sys.stdin.read()
