"""Columns likelihood: a table whose columns are of different kinds, each with the likelihood that suits it."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.distributions import Distribution, constraints

from ..core.catalogue import build
from ..core.errors import require
from ..core.event import Column, Event
from ..core.joint import ByColumn, Joint
from ..core.shapes import Shape
from .base import Likelihood

OWN = {"variance": "dimension", "floor": 0.01}  # every column has a unit of its own, and no deviation runs to 0
OPTIONS: dict[str, dict[str, Any]] = dict.fromkeys(("gaussian", "laplace", "student-t"), OWN)
MIXED = Event(
    (3,),
    "table",
    columns=(
        Column("size"),
        Column("colour", "categorical", "categorical", 3),
        Column("sold", "binary", "bernoulli", 2),
    ),
)


class Columns(Likelihood):
    r"""p(x | z) = prod_d p_d(x_d | z): for every column the likelihood that the event names, in nats.

    Columns of one likelihood are one part, with as many decoder outputs as they need together. Missing cells (NaN)
    count nothing. A density is in the units of its column, so nats of tables with other units do not compare.

    Reference:
        Nazabal et al. (2020), Handling incomplete heterogeneous data using VAEs. https://arxiv.org/abs/1807.03653

    Arguments:
        event: A table's row; its columns name their likelihoods.

    Example:
        >>> p = Columns(MIXED)(torch.zeros(5, 5))  # 1 number, 3 classes, 1 bit
        >>> p.log_prob(torch.zeros(5, 3)).shape
        torch.Size([5])
    """

    loss = "a loss for each column"
    remedy = "Choose another likelihood for this column: --columns NAME=gaussian."

    def __init__(self, event: Event = MIXED) -> None:
        super().__init__()
        require(event.kind == "table", "`columns` is for tables", event.kind, "Leave --likelihood out.")
        self.event = event
        grouped: dict[tuple[str, int], list[int]] = {}
        for place, column in enumerate(event.columns):
            levels = column.levels if column.likelihood in ("categorical", "ordinal") else 0
            grouped.setdefault((column.likelihood, levels), []).append(place)
        self.groups = nn.ModuleList(self._part(name, places) for (name, _), places in grouped.items())
        for number, places in enumerate(grouped.values()):
            self.register_buffer(f"place_{number}", torch.tensor(places), persistent=False)
        self.channels = sum(self._widths)
        self.support = self._constraint([p.support for p in self._parts])
        self.points = self._constraint([p.points or p.accepts or p.support for p in self._parts])

    def _part(self, name: str, places: list[int]) -> Likelihood:
        """The likelihood of some columns: an event of their own."""
        columns = [self.event.columns[i] for i in places]
        low = 0.0 if columns[0].levels or columns[0].kind in ("positive", "count") else -torch.inf
        inner = Event((len(places),), "vector", low, missing=self.event.missing, levels=columns[0].levels)
        return build(Likelihood, {"name": name, **OPTIONS.get(name, {})}, event=inner)

    def _constraint(self, found: list[constraints.Constraint]) -> constraints.Constraint:
        return found[0] if len(found) == 1 else ByColumn(found, self.places)

    @property
    def _parts(self) -> list[Likelihood]:
        return [part for part in self.groups if isinstance(part, Likelihood)]

    @property
    def places(self) -> list[Tensor]:
        """Which columns each group describes."""
        return [self.get_buffer(f"place_{number}") for number in range(len(self.groups))]

    @property
    def features(self) -> Shape:
        return (self.channels,)

    @property
    def _widths(self) -> list[int]:
        """Decoder outputs of each group."""
        return [len(place) * part.channels for place, part in zip(self.places, self._parts, strict=True)]

    def forward(self, h: Tensor) -> Joint:
        cut = zip(torch.split(h, self._widths, -1), self._parts, strict=True)
        return Joint([part(v.reshape(*v.shape[:-1], *part.features)) for v, part in cut], self.places)

    def point(self, p: Distribution) -> Tensor:
        """Every column's point: means, and the most probable class, (*s, B, d), real numbers."""
        assert isinstance(p, Joint)
        return p.joined([part.point(q) for part, q in zip(self._parts, p.groups, strict=True)])

    def initialise(self, x: Tensor) -> None:
        for part, place in zip(self._parts, self.places, strict=True):
            part.initialise(x[:, place])

    def statistics(self, p: Distribution, x: Tensor) -> dict[str, Tensor]:
        assert isinstance(p, Joint)
        found: dict[str, Tensor] = {}
        for number, (part, q, v) in enumerate(zip(self._parts, p.groups, p.split(x), strict=True)):
            found |= {f"{number}.{name}": value for name, value in part.statistics(q, v).items()}
        return found

    def update(self, statistics: dict[str, Tensor]) -> None:
        for number, part in enumerate(self._parts):
            own = {name: value for name, value in statistics.items() if name.startswith(f"{number}.")}
            part.update({name.partition(".")[2]: value for name, value in own.items()})

    @classmethod
    def examples(cls):  # type: ignore[no-untyped-def]
        yield cls()
        counts = (Column("visits", "count", "poisson"), Column("price", "positive", "log-normal"))
        heavy = (Column("gain", "real", "student-t"), Column("kind", "categorical", "categorical", 4))
        yield cls(Event((4,), "table", missing=True, columns=(*counts, *heavy)))
        yield cls(Event((1,), "table", columns=(Column("only"),)))
