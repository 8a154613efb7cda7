"""Reading ahead: the system is asked for the next rows of a mapped file while the present ones are trained on."""

from typing import Protocol

from torch import Tensor

from ..data.pages import expect


class Rows(Protocol):
    """Rows in epochs, in blocks of neighbours that are mixed within buffers; so many a step."""

    rows: Tensor
    size: int
    block: int

    def epoch(self, number: int) -> Tensor:
        """The rows of one epoch."""


class Ahead:
    """Asks for the rows of a mapped file one buffer before they are taken.

    Arguments:
        x: The values, mapped, (n, ...).
        order: In which order rows are taken.
        buffer: Rows of a buffer.
    """

    def __init__(self, x: Tensor, order: Rows, buffer: int) -> None:
        self.x, self.order, self.buffer = x, order, buffer
        self._now: tuple[int, int] | None = None

    def at(self, step: int) -> None:
        """Training has come to that step."""
        epoch, position = divmod(step * self.order.size, len(self.order.rows))
        now = epoch, position // self.buffer
        if now == self._now:
            return
        if self._now is None:
            self._ask(*now)
        self._now = now
        last = (now[1] + 1) * self.buffer >= len(self.order.rows)
        self._ask(*((epoch + 1, 0) if last else (epoch, now[1] + 1)))

    def _ask(self, epoch: int, number: int) -> None:
        rows = self.order.epoch(epoch)[number * self.buffer : (number + 1) * self.buffer].sort().values
        size, block = self.x[0].numel() * self.x.element_size(), self.order.block
        ends = [*rows[block - 1 :: block].tolist(), int(rows[-1])]
        for first, last in zip(rows[::block].tolist(), ends, strict=False):
            expect(self.x.data_ptr() + first * size, (last - first + 1) * size)
