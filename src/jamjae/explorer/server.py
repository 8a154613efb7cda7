"""The explorer over HTTP: fixed files, and runs that answer questions; nothing of a request reaches the file system."""

import asyncio
import re
import socket
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..core.errors import JamjaeError
from . import body
from .guard import LARGEST_HEAD, Guard, Refused
from .lane import Full, Lane
from .wire import Wire

T = TypeVar("T")
BESIDE = ("log",)  # parts that are read from a file: they do not wait for the model
PLACE = re.compile(r"(?<![\w.])(?:~|[A-Za-z]:)?[\\/][\w.~-]|[\w.~-]+[\\/][\w.~-]+[\\/][\w.~-]")


@dataclass(frozen=True)
class Answer:
    """What a run answers: bytes and their media type."""

    body: bytes
    media: str


class Shown(Protocol):
    """A run as the page sees it. One thread asks `get` and `call`; another may ask `get("log", ...)` meanwhile."""

    name: str

    def get(self, part: str, query: Mapping[str, str]) -> Answer:
        """A part of the run; KeyError for one that does not exist."""

    def call(self, verb: str, body: Mapping[str, Any]) -> Answer:
        """What a verb makes of the values in `body`; KeyError for a verb that does not exist."""


Assets = Mapping[str, tuple[bytes, str]]


def app(shown: Mapping[str, Shown], assets: Assets, token: str, hosts: set[str]) -> Starlette:
    """The application.

    Arguments:
        shown: Runs by the id that addresses have.
        assets: Files of the page by name, with their media type; `index.html` is the page.
        token: Opens the page, once.
        hosts: Names with port that requests may call the server by, as `127.0.0.1:8000`.
    """
    model, files = Lane(), Lane()

    async def runs(request: Request) -> Response:
        return JSONResponse([{"id": key, "name": one.name} for key, one in shown.items()])

    async def get(request: Request) -> Response:
        one, part = found(shown, request.path_params["id"]), request.path_params["part"]
        query = dict(request.query_params)
        return await answered(request, files if part in BESIDE else model, lambda: one.get(part, query))

    async def call(request: Request) -> Response:
        one, verb, raw = found(shown, request.path_params["id"]), request.path_params["part"], await request.body()
        return await answered(request, model, lambda: one.call(verb, body.read(raw)))

    async def asset(request: Request) -> Response:
        content, media = found(assets, request.path_params.get("name", "index.html"))
        return Response(content, media_type=media)

    routes = [
        Route("/", asset),
        Route("/asset/{name}", asset),
        Route("/api/runs", runs),
        Route("/api/run/{id}/{part}", get),
        Route("/api/run/{id}/{part}", call, methods=["POST"]),
    ]
    return Starlette(routes=routes, middleware=[Middleware(Guard, token=token, hosts=hosts)])


def found(things: Mapping[str, T], name: str) -> T:
    """One of the things, or 404."""
    if name not in things:
        raise HTTPException(404)
    return things[name]


async def answered(request: Request, lane: Lane, work: Callable[[], Answer]) -> Response:
    """The answer of a run, or what is wrong with the question."""
    try:
        answer = await unless_gone(request, lane.run(work))
    except Full:
        raise Refused(503, "Too many questions wait for an answer.", {"Retry-After": "1"}) from None
    except KeyError:
        raise Refused(404, "There is nothing here.") from None
    except JamjaeError as error:
        return JSONResponse({"error": without_places(str(error))}, 400)
    return Response(answer.body, media_type=answer.media) if answer else Response(status_code=499)


async def unless_gone(request: Request, work: Coroutine[Any, Any, Answer]) -> Answer | None:
    """The result of the work, which is given up when nobody waits for it any more: None."""
    working, leaving = asyncio.ensure_future(work), asyncio.ensure_future(gone(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        working.cancel()
        leaving.cancel()


async def gone(request: Request) -> None:
    """Return when the client has closed the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def without_places(text: str) -> str:
    """An error without the names of folders on this machine; those are for the terminal.

    Example:
        >>> without_places("`n` must be at least 1, and/or an array; got 0.")
        '`n` must be at least 1, and/or an array; got 0.'
        >>> without_places("~/runs/a/spec.json is damaged.")
        'This cannot be answered; the terminal says why.'
    """
    if not PLACE.search(text):
        return text
    print(f"jamjae: {text}", file=sys.stderr)
    return "This cannot be answered; the terminal says why."


def serve(application: Starlette, sockets: Sequence[socket.socket]) -> None:
    """Answer until Ctrl-C."""
    with suppress(KeyboardInterrupt):
        prepared(application).run(list(sockets))


def prepared(application: Starlette) -> uvicorn.Server:
    """The server, before it runs."""
    config = uvicorn.Config(
        application,
        http=Wire,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",  # neither addresses, which hold the token, nor what strangers send
        access_log=False,
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=LARGEST_HEAD,
        timeout_graceful_shutdown=2,
    )
    return uvicorn.Server(config)
