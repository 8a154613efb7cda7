"""Who may ask the explorer what: the middleware in front of every route.

A page on another site must not reach this server through the browser of its user, and nobody else on the network may
at all. So the name that a request calls the server by, where the request comes from, and a secret that only the
terminal shows are checked before anything else happens, and every answer forbids the browser what the page needs not.
"""

import re
import secrets
import sys
import traceback
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; "
        "connect-src 'self'; font-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
METHODS = ("GET", "HEAD", "POST")
LARGEST_BODY = 10_000_000  # bytes
LARGEST_HEAD = 16_384  # bytes of request line and headers
PATH = re.compile(rb"/|(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)+")  # no %, no dot in front: nothing that could climb
LOCKED = (
    "This page needs the address with a token that the terminal shows, and that address opens it once. If it was "
    'already opened in this browser, <a href="/">go on here</a>; otherwise stop <code>jamjae explore</code> with '
    "Ctrl-C and start it again."
)


class Refused(Exception):  # noqa: N818 - it says what happened
    """A request that gets no answer; `text` may be shown, it holds nothing of the request."""

    def __init__(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(text)
        self.status, self.text, self.headers = status, text, headers

    def response(self, path: str) -> Response:
        """JSON for what a script asks, otherwise a page."""
        if path.startswith("/api/"):
            return JSONResponse({"error": re.sub("<[^>]*>", "", self.text)}, self.status, self.headers)
        page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>jamjae</title><p>{self.text}</p></html>'
        return HTMLResponse(page, self.status, self.headers)


def refuse(wrong: bool, status: int, text: str, **headers: str) -> None:
    """Raise `Refused` where something is wrong."""
    if wrong:
        raise Refused(status, text, headers)


class Guard:
    """ASGI middleware that answers what is refused itself.

    Arguments:
        app: What it guards.
        token: Opens the page once; the cookie that is set then holds another secret.
        hosts: The names, with their port, that a request may call this server by.
    """

    def __init__(self, app: ASGIApp, token: str, hosts: set[str]) -> None:
        self.app, self.hosts = app, hosts
        self.token: str | None = token
        self.cookie = f"jamjae-{secrets.token_hex(4)}"  # browsers share cookies among the ports of a host
        self.key = secrets.token_urlsafe(32)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the app answer, with the headers that every answer has."""
        if scope["type"] != "http":
            return await outside(self.app, scope, receive, send)
        answer = Covered(send)
        try:
            app = self.admitted(Request(scope)) or self.app
            await app(scope, counted(receive), answer)
        except Refused as refused:
            await refused.response(scope["path"])(scope, receive, answer)
        except ClientDisconnect:
            pass  # in the middle of its request: nobody is left to answer
        except Exception:
            traceback.print_exc(file=sys.stderr)
            if not answer.begun:
                failed = Refused(500, "This went wrong; the terminal says what.", {"Connection": "close"})
                await failed.response(scope["path"])(scope, receive, answer)
            raise  # uvicorn closes the connection

    def admitted(self, request: Request) -> Response | None:
        """Raise `Refused`; or the answer to who comes in with the token; None for who is in."""
        form(request)
        self.called(request.headers)
        origin(request)
        entered = self.entered(request)
        if entered is None:
            refuse(not self.known(request), 403, LOCKED)
            if request.method == "POST":
                described(request.headers)
        return entered

    def called(self, headers: Headers) -> None:
        """The name is one of ours, else a foreign name that resolves to this machine would do (DNS rebinding)."""
        names = headers.getlist("host")
        refuse(len(names) != 1, 400, "A request names one host.")
        refuse(names[0] not in self.hosts, 403, "Open the address that the terminal shows; this is another name.")

    def entered(self, request: Request) -> Response | None:
        """Exchange the token of the address for the cookie."""
        if request.method != "GET" or request.url.path != "/" or "token" not in request.query_params:
            return None
        inside = RedirectResponse("/", 303)
        if not self.known(request):
            refuse(self.token is None or not same(request.query_params["token"], self.token), 403, LOCKED)
            self.token = None
            inside.set_cookie(self.cookie, self.key, httponly=True, samesite="strict")
        return inside

    def known(self, request: Request) -> bool:
        """Whether the request has the cookie."""
        return same(request.cookies.get(self.cookie, ""), self.key)


def same(given: str, secret: str) -> bool:
    """Compared in a time that tells nothing about the secret."""
    return secrets.compare_digest(given.encode("utf-8", "replace"), secret.encode())


def form(request: Request) -> None:
    """Method, size, framing and path are of the kinds that the page uses."""
    headers, target = request.headers, request.scope.get("raw_path") or b""
    size = len(target) + len(request.scope["query_string"]) + sum(len(k) + len(v) + 4 for k, v in headers.raw)
    refuse(request.method not in METHODS, 405, "Only GET, HEAD and POST.", Allow=", ".join(METHODS))
    refuse(size > LARGEST_HEAD, 431, "The headers are too large.")
    both = "transfer-encoding" in headers and "content-length" in headers
    refuse(both, 400, "A body has one length.", Connection="close")
    refuse("upgrade" in headers, 400, "There is no other protocol here.", Connection="close")
    refuse(not target.startswith(b"/"), 400, "A request names a path.")
    refuse(PATH.fullmatch(target) is None, 404, "There is nothing here.")


def origin(request: Request) -> None:
    """The request comes from this server's own page; only the first page itself may be reached through a link."""
    headers, changes = request.headers, request.method == "POST"
    origins, site = headers.getlist("origin"), headers.get("sec-fetch-site", "same-origin" if changes else "none")
    foreign = (origins or changes) and origins != [f"http://{headers['host']}"]
    refuse(bool(foreign), 403, "This comes from another site.")
    linked = request.url.path == "/" and not changes
    refuse(site not in ("same-origin", "none") and not linked, 403, "This comes from another site.")


def described(headers: Headers) -> None:
    """A body says that it is JSON, which a form of another site cannot, and is small enough."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    refuse(kind != "application/json", 415, "Send JSON, as application/json.")
    length = headers.get("content-length", "0")
    refuse(not length.isdecimal() or int(length) > LARGEST_BODY, 413, "The body is larger than 10 MB.")


def counted(receive: Receive) -> Receive:
    """Refuse a body when it has become too large, whatever its headers said."""
    arrived = 0

    async def counting() -> Message:
        nonlocal arrived
        message = await receive()
        arrived += len(message.get("body", b""))
        refuse(arrived > LARGEST_BODY, 413, "The body is larger than 10 MB.")
        return message

    return counting


class Covered:
    """`send` that puts the headers on every answer; `begun` once it has one."""

    def __init__(self, send: Send) -> None:
        self.send, self.begun = send, False

    async def __call__(self, message: Message) -> None:
        """Send on."""
        if message["type"] == "http.response.start":
            self.begun = True
            MutableHeaders(scope=message).update(HEADERS)
        await self.send(message)


async def outside(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Start and stop concern the app; there are no WebSockets."""
    if scope["type"] == "lifespan":
        await app(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": 1008})
