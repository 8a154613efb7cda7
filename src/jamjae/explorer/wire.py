"""The connection itself: what uvicorn leaves open, a time limit for who sends or takes slowly, and errors of HTTP."""

import asyncio
import socket
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from .guard import HEADERS

ARRIVE = 20.0  # seconds in which a whole request has to be here
TAKE = 60.0  # seconds in which an answer that fills the buffers has to be taken
CONNECTIONS = 512
ARRIVING = (h11.IDLE, h11.SEND_BODY)


class Wire(H11Protocol):
    """uvicorn's HTTP/1.1 with time limits, so that who is slow holds a connection, and that not for long."""

    arriving: asyncio.TimerHandle | None = None
    taking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Start the time of the first request; above the number of connections, close at once."""
        super().connection_made(transport)
        # Or the body of a small answer waits 40 ms for the head to be acknowledged; asyncio does it for other sockets.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if len(self.connections) > CONNECTIONS:
            transport.abort()
        self._watch()

    def handle_events(self) -> None:
        """Go on with what arrived."""
        super().handle_events()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop all clocks."""
        for clock in (self.arriving, self.taking):
            if clock is not None:
                clock.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The answer fills the buffers: whoever takes nothing is cut off."""
        super().pause_writing()
        self.taking = self.loop.call_later(TAKE, self.transport.abort)

    def resume_writing(self) -> None:
        """It was taken."""
        super().resume_writing()
        if self.taking is not None:
            self.taking.cancel()

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP gets the headers of every answer, too."""
        headers = [(k.encode(), v.encode()) for k, v in HEADERS.items()]
        headers += [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            text = b"This is no request that this server understands."
            for event in (h11.Response(status_code=400, headers=headers), h11.Data(data=text), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _watch(self) -> None:
        if self.conn.their_state not in ARRIVING:
            if self.arriving is not None:
                self.arriving.cancel()
            self.arriving = None
        elif self.arriving is None:
            self.arriving = self.loop.call_later(ARRIVE, self.transport.abort)
