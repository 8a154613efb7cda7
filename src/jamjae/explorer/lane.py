"""One worker thread and a short queue in front of it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
WAITING = 8


class Full(Exception):  # noqa: N818 - it says what happened
    """So many wait already that one more would wait too long."""


class Lane:
    """Work done one piece at a time, in a thread beside the event loop; at most `waiting` pieces wait.

    Who is cancelled while it waits leaves the queue at once. What is being worked on is finished, and its result is
    dropped.
    """

    def __init__(self, waiting: int = WAITING) -> None:
        self.room = waiting + 1
        self.turn = asyncio.Lock()
        self.pool = ThreadPoolExecutor(1, "explorer")

    async def run(self, work: Callable[[], T]) -> T:
        """The result of `work`.

        Raises:
            Full: At once, where too many wait.
        """
        if not self.room:
            raise Full
        self.room -= 1
        try:
            async with self.turn:  # waiting happens here, not in the pool: what nobody wants any more is forgotten
                return await finished(asyncio.get_running_loop().run_in_executor(self.pool, work))
        finally:
            self.room += 1


async def finished(work: asyncio.Future[T]) -> T:
    """The result; when cancelled, not before the thread is free again."""
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait({work})
        work.exception()  # nobody is left to hear of it
        raise
