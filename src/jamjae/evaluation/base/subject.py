"""A model and the data to judge it on, with the sweeps over the data that several metrics share."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from torch import Tensor
from torch.distributions import constraints

from ...core.catalogue import build
from ...core.divergence import cells, closed_form, draw, rate
from ...core.errors import Undefined, require
from ...core.event import Event
from ...core.mode import evaluating
from ...core.pca import PCA, principal_components
from ...core.seeds import generator, isolated
from ...core.shapes import missing
from ...data.dataset import Dataset
from ...data.spread import Space
from ...likelihoods.base import Likelihood
from ...models.latent import LatentModel
from ...networks.base import Network
from .classifier import Classifier, classifier, labelled
from .controls import tried
from .extractors import Extractor, extractors
from .features import is_picture
from .views import View, comparable, enough, look

CELLS = 1_000_000  # cells per decoder call: enough to fill the cores, small enough for the cache
DRAWS = 10  # draws of z per example where an expectation over q is estimated
DRAWN = 2500  # samples of the model, where samples are judged
TRIED = 1500  # examples that extractors are tried with: those of the test split first
FEWEST = 2  # test examples: an interval needs a spread
TRAIN = 10_000  # at most so many training examples for baselines and nearest neighbours

Progress = Callable[[str, int, int, bool], None]  # name, done, in all, whether it is a part of a metric


@dataclass
class Subject:
    """A model and the data to judge it on. Sweeps over the data are done once and shared by the metrics.

    Arguments:
        model: The trained model.
        objective_name: Name of the objective it was trained with.
        dataset: The data it was trained on; the metrics use its test split, baselines its training split.
        seed: Everything random follows from it.
        samples: K of the importance-weighted bound, >= 1; also the most temperatures of `ais`, steps of `amortisation`.
        limit: At most so many test examples; None for all.
        progress: Called with (name, done, in all, whether it is a part): metrics, and the passes over examples that are
            their parts.
        beta: Weight of the rate in training; only the prediction of `active_units` uses it.
    """

    model: LatentModel
    objective_name: str
    dataset: Dataset
    seed: int = 0
    samples: int = 1000
    limit: int | None = None
    progress: Progress | None = None
    beta: float = 1.0

    def __post_init__(self) -> None:
        require(self.samples >= 1, "`samples` must be at least 1", self.samples, "Pass samples=1000.")
        few = self.limit is not None and self.limit < FEWEST
        require(not few, f"`limit` must be at least {FEWEST}", self.limit, "Pass limit=1000.")
        count = len(self.dataset.rows("test"))
        require(
            count >= FEWEST,
            f"`dataset` needs at least {FEWEST} test examples: metrics are measured on nothing else",
            count,
            "Fit with a test split: leave `test` out, or pass test=0.2.",
        )

    @cached_property
    def _test(self) -> tuple[Tensor, Tensor | None]:
        return self.dataset.examples("test", self.limit, self.seed)

    @property
    def x(self) -> Tensor:
        """Test examples, (n, *event)."""
        return self._test[0]

    @property
    def y(self) -> Tensor | None:
        """Their labels, (n,), see `Dataset`; None without labels."""
        return self._test[1]

    @property
    def told(self) -> str:
        """What a conditional model is told of every test example, in words; empty for other models."""
        condition = self.model.condition
        if condition is None:
            return ""
        inferred = condition.classifier is not None and (self.y is None or bool(missing(self.y).any()))
        return condition.name() + " (inferred where it is missing)" * inferred

    @cached_property
    def train(self) -> tuple[Tensor, Tensor | None]:
        """At most 10,000 training examples (fewer where they are large) and their labels."""
        return replace(self.dataset, splits={"train": self.train_rows}).examples("train", None, self.seed)

    @cached_property
    def train_rows(self) -> Tensor:
        """Row numbers of these training examples."""
        fits = max(500, min(TRAIN, 20_000_000 // self.dataset.event.cells))
        rows = self.dataset.rows("train")
        return rows[torch.randperm(len(rows), generator=generator(self.seed, "train"))[:fits]]

    @property
    def rows(self) -> int:
        """Rows per decoder call: 1,000, fewer for large examples, at least 20."""
        return max(20, min(1000, CELLS // self.dataset.event.cells))

    def tell(self, name: str, done: int, total: int, part: bool = False) -> None:
        """Report progress, if somebody listens."""
        if self.progress is not None:
            self.progress(name, done, total, part)

    def like(self) -> Tensor:
        """A tensor of the model: its device, its precision."""
        return next(t for t in (*self.model.parameters(), *self.model.buffers()) if t.is_floating_point())

    def batches(self, x: Tensor, y: Tensor | None, rows: int) -> Iterator[tuple[Tensor, Tensor | None]]:
        """`rows` examples at a time, on the model's device and, if they are real numbers, in its precision."""
        like = self.like()
        for i in range(0, len(x), rows):
            part = x[i : i + rows]
            part = part.to(like) if part.is_floating_point() else part.to(like.device)
            yield part, self.model.known(part, None if y is None else y[i : i + rows].to(like.device))

    def sweep(self, key: str, f: Callable[[Tensor, Tensor | None], Tensor], rows: int, train: bool = False) -> Tensor:
        """f(x, y), (B, ...), over all examples in batches, as float64 on the CPU; `key` seeds its draws."""
        x, y = self.train if train else self._test
        done: list[Tensor] = []
        with isolated(self.seed, "evaluate", key), torch.no_grad(), evaluating(self.model):
            for part, labels in self.batches(x, y, rows):
                done.append(f(part, labels).cpu().double())
                self.tell(key, min(len(done) * rows, len(x)), len(x), part=True)
        return torch.cat(done)

    def draws(self, count: int) -> Iterator[Tensor]:
        """`count` samples of the model, (n, *event) at a time, on the CPU."""
        for start in range(0, count, self.rows):
            n = min(self.rows, count - start)
            with isolated(self.seed, "evaluate", "samples", start), torch.no_grad(), evaluating(self.model):
                x = self.model.sample(n, noise=not self.dataset.shades).cpu()
            if x.is_floating_point() and not x.isfinite().all():
                raise Undefined("the model's samples are not finite")
            x = self.with_gaps(x, start)
            self.tell("samples", start + n, count, part=True)
            yield x

    def labelled(self, count: int) -> tuple[Tensor, Tensor]:
        """`count` samples of a conditional model (n, *event), with noise, and the labels they were made under (n,)."""
        parts, x, y = range(0, count, self.rows), [], []
        for start in parts:
            n = min(self.rows, count - start)
            with isolated(self.seed, "evaluate", "labelled", start), torch.no_grad(), evaluating(self.model):
                z, labels = self.model.draw(n)
                made = self.model.decode(z, labels).sample().cpu()
            assert labels is not None
            x, y = [*x, self.with_gaps(made, start)], [*y, labels.cpu()]
        return torch.cat(x), torch.cat(y)

    def with_gaps(self, x: Tensor, start: int) -> Tensor:
        """Samples (n, *event) with the gaps of training examples, where those have some: else anyone could tell."""
        if not self.dataset.event.missing:
            return x
        rows = self.dataset.rows("train")
        random = generator(self.seed, "evaluate", "gaps", start)
        like = self.dataset.take(rows[torch.randint(len(rows), (len(x),), generator=random)], random).cpu()
        return x.masked_fill(missing(like), torch.nan if x.is_floating_point() else -1)

    @cached_property
    def drawn(self) -> Tensor:
        """2,500 samples of the model, (2500, *event)."""
        return torch.cat(list(self.draws(DRAWN)))

    def real(self, split: str, most: int) -> Tensor:
        """The first examples of a split in the form that samples have, (n, *event)."""
        rows = self.dataset.rows(split)[: min(most, self.limit or most)]
        return self.dataset.shown(rows, generator(self.seed, "real", split)).cpu()

    @cached_property
    def classifier(self) -> Classifier:
        """The classifier of the data, see `classifier.classifier`."""
        if self.dataset.modes is not None:
            raise Undefined("this data has modes in known places: see `modes`")
        return classifier(self.dataset)

    @cached_property
    def extractors(self) -> list[Extractor]:
        """What samples and examples are compared by, see `extractors`; learned from 2,500 training examples.

        Raises:
            Undefined: For categories, for missing cells, and for fewer than 50 examples in a split.
        """
        comparable(self.dataset.event)
        try:
            judge = self.classifier
        except Undefined:
            judge = None
        with isolated(self.seed, "evaluate", "extractors"):
            known, tested = self.real("train", DRAWN), self.real("test", TRIED)
            enough(min(len(known), len(tested)))
            found = extractors(self.dataset.event, known, judge)
            some = torch.cat([tested, known])[:TRIED]  # of few test examples a third would have too large balls
            return tried(found, some) if is_picture(self.dataset.event) else found

    @cached_property
    def views(self) -> list[View]:
        """Equally many samples, test and training examples as each extractor sees them, at most 2,500."""
        return look(self.extractors, self.drawn, self.real("test", DRAWN), self.real("train", DRAWN))

    @property
    def class_shares(self) -> Tensor:
        """Share of every class in the training split, (K,)."""
        y = labelled(self.dataset, "train")[1]
        return torch.bincount(y, minlength=len(self.dataset.classes)).double() / len(y)

    @cached_property
    def classified(self) -> tuple[Tensor, Tensor]:
        """The classes of 2,500 samples (26 a class if that is more), and how sure the classifier is, (n,) each."""
        judge, count = self.classifier, max(DRAWN, 26 * len(self.class_shares))
        found = [judge(x) for x in self.draws(count)]
        return torch.cat([y for y, _ in found]), torch.cat([p for _, p in found])

    @property
    def certain(self) -> bool:
        """Whether the code of an example has no chance, so that one draw says as much as many."""
        return self.model.posterior is not None and self.model.posterior.certain

    @property
    def repeats(self) -> int:
        """Draws of z per example where an expectation over q is estimated."""
        return 1 if self.certain else DRAWS

    @cached_property
    def rates(self) -> Tensor:
        """KL(q(z | x) || p(z)) of every test example, (n,), in nats: closed form, or the mean over 10 draws."""

        def f(x: Tensor, y: Tensor | None) -> Tensor:
            q, prior = self.model.encode(x, y), self.model.latent(y)
            exact = closed_form(q, prior)
            return rate(q, prior, *draw(q, (DRAWS,))).mean(0) if exact is None else exact

        return self.sweep("rates", f, self.rows)

    @cached_property
    def axis_rates(self) -> Tensor:
        """The KL of every latent axis and example, (n, axes), in nats."""

        def f(x: Tensor, y: Tensor | None) -> Tensor:
            per_axis = cells(self.model.encode(x, y), self.model.latent(y))
            if per_axis is None:
                raise Undefined("the KL of this posterior and prior does not split into axes")
            return per_axis.flatten(1)

        return self.sweep("axis_rates", f, self.rows)

    @cached_property
    def distortions(self) -> Tensor:
        """E_q[-log p(x | z)] of every test example, (n,), in nats: the mean over 10 draws, if they differ."""

        def f(x: Tensor, y: Tensor | None) -> Tensor:
            q = self.model.encode(x, y)
            z = q.sample(torch.Size((self.repeats,)))
            return -self.model.decode(z, y).log_prob(x).mean(0)

        return self.sweep("distortions", f, self.rows // self.repeats)

    def codes(self, train: bool = False) -> Tensor:
        """The posterior's point of every test (or training) example, (n, axes)."""
        return self._train_codes if train else self._test_codes

    @cached_property
    def _test_codes(self) -> Tensor:
        return self.sweep("codes", self._code, self.rows)

    @cached_property
    def _train_codes(self) -> Tensor:
        return self.sweep("codes", self._code, self.rows, train=True)

    def _code(self, x: Tensor, y: Tensor | None) -> Tensor:
        q = self.model.encode(x, y)
        assert self.model.posterior is not None
        return self.model.posterior.point(q).flatten(1)

    @cached_property
    def pca(self) -> PCA | None:
        """Principal components of the training examples, as many as a code has numbers; None for categories."""
        if self.dataset.event.levels > 2:
            return None
        with isolated(self.seed, "evaluate", "pca"):
            return principal_components(self.points(self.train[0]), math.prod(self.model.prior.shape))

    def points(self, x: Tensor) -> Tensor:
        """Examples x (n, *event) as numbers that have components: x itself, rows of a table as in `data.spread.Space`.

        NaN where a cell is missing.
        """
        return self._space.points(x).to(x.device) if self.dataset.event.kind == "table" else x

    @cached_property
    def _space(self) -> Space:
        return Space.of(self.dataset.event, self.train[0])

    @cached_property
    def without_code(self) -> Tensor | None:
        """log p(x) of the likelihood alone, every cell by its training average, (n,); None if it has a network."""
        like = self.like()
        blank = build(Likelihood, self.model.likelihood.spec()).to(like)
        if any(isinstance(m, Network) for m in blank.modules()):
            return None
        blank.initialise(self.train[0].to(like.device))
        h = like.new_zeros(1, *blank.features)
        return self.sweep("blank", lambda x, y: blank(h.expand(len(x), *blank.features)).log_prob(x), self.rows)

    def needs_likelihood(self) -> None:
        """Raise `Undefined` where log p(x | z) is not a log-probability of this data."""
        needs_density(self.model.likelihood, self.dataset.event)


def needs_density(likelihood: Likelihood, event: Event) -> None:
    """Raise `Undefined` where log p(x | z) is not a log-probability of examples of this event."""
    if likelihood.support is constraints.boolean and event.levels != 2:
        raise Undefined(
            "the values are grey, and a Bernoulli likelihood only knows 0 and 1; binarise the data, or use "
            "--likelihood continuous-bernoulli"
        )
