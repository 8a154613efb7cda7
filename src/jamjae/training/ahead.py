"""Reading ahead: the system is asked for the next rows of a mapped file while the present ones are trained on."""

from collections.abc import Callable

from torch import Tensor

from ..data.pages import expect


class Ahead:
    """Asks for the rows of a mapped file one buffer before they are taken.

    Arguments:
        x: The values, mapped, (n, ...).
        order: The rows of an epoch, in blocks of neighbours that are mixed within buffers.
        block: Rows of a block.
        buffer: Rows of a buffer.
    """

    def __init__(self, x: Tensor, order: Callable[[int], Tensor], block: int, buffer: int) -> None:
        self.x, self.order, self.block, self.buffer = x, order, block, buffer
        self._now: tuple[int, int] | None = None

    def at(self, epoch: int, position: int) -> None:
        """Training has come to that position of that epoch."""
        now = epoch, position // self.buffer
        if now == self._now:
            return
        if self._now is None:
            self._ask(*now)
        self._now = now
        last = (now[1] + 1) * self.buffer >= len(self.order(epoch))
        self._ask(*((epoch + 1, 0) if last else (epoch, now[1] + 1)))

    def _ask(self, epoch: int, number: int) -> None:
        rows = self.order(epoch)[number * self.buffer : (number + 1) * self.buffer].sort().values
        size = self.x[0].numel() * self.x.element_size()
        ends = rows[self.block - 1 :: self.block].tolist()
        for first, last in zip(rows[:: self.block].tolist(), [*ends, int(rows[-1])], strict=False):
            expect(self.x.data_ptr() + first * size, (last - first + 1) * size)
