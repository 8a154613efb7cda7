"""What samples and examples are compared by: functions from examples (n, *event) to features (n, F), F <= 64.

random-convolution  pictures: two random convolutions, averages over 4 x 4 regions, a random projection; five seeds
columns             the rest: the cells as points of `data.spread.Space`; of many cells, their principal components
whitened            principal components of unit variance; blind to blur and to low rank
classifier          the hidden layer of the data's own classifier, where there is one

All are learned from training examples; no sample takes part. On pictures each is tried with controls, and one that is
fooled by them takes no part in the judgement (see `controls`). Pretrained networks are not used: what they see is what
they were trained to name.

Reference:
    Naeem et al. (2020), Reliable fidelity and diversity metrics for generative models (random embeddings).
    https://arxiv.org/abs/2002.09797;
    Kynkaanniemi et al. (2023), The role of ImageNet classes in Frechet inception distance.
    https://arxiv.org/abs/2203.06026
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d, conv2d

from ...core.event import Event
from ...core.pca import PCA, principal_components
from ...core.seeds import generator
from ...data.spread import Space
from .classifier import CHUNK, Classifier
from .features import LARGE, REGIONS, is_picture

WIDTH, PER_AXIS = 64, 10  # features at most, and examples for each of them at least
SEEDS = range(5)  # of the random convolutions, the same for everybody
LAYERS = ((16, 5), (48, 3))  # their channels, and the width of a filter
SOME = 500  # pictures that averages of a layer are taken of


@dataclass(frozen=True)
class Extractor:
    """A function from examples to features, and its name; several of one name are repetitions of one extractor.
    `fooled`: a picture that is no data and that it takes for data (see `controls`); such an extractor does not judge.
    """

    name: str
    see: Callable[[Tensor], Tensor]
    fooled: str = ""

    def __call__(self, x: Tensor) -> Tensor:
        """Features of examples x (n, *event), (n, F), in double precision."""
        return torch.cat([self.see(part) for part in torch.split(x, CHUNK)]).double()


def extractors(event: Event, train: Tensor, judge: Classifier | None) -> list[Extractor]:
    """All that suit the data, the one that headlines are taken from first; they learn from train (n, *event)."""
    width = min(WIDTH, max(2, len(train) // PER_AXIS))
    linear = Linear.of(event, train, width)
    found = [Extractor("columns", linear.columns)]
    if is_picture(event):
        found = [Extractor("random-convolution", Convolution(train, seed, width)) for seed in SEEDS]
    found.append(Extractor("whitened", linear.whitened))
    return found if judge is None else [*found, Extractor("classifier", hidden(judge, train))]


@dataclass(frozen=True)
class Linear:
    """Cells and their principal components; `scale` makes the average variance of a feature 1."""

    space: Space
    pca: PCA
    scale: Tensor

    @classmethod
    def of(cls, event: Event, x: Tensor, width: int) -> "Linear":
        """The linear features of training examples x (n, *event)."""
        space = Space.of(event, x)
        rows = space.rows(x)
        pca = principal_components(rows, width)
        kept = pca.variances > 1e-6 * pca.variances.max()  # an axis that does not move has no unit variance
        pca = PCA(pca.mean, pca.axes[kept], pca.variances[kept])
        total = rows.var(0).mean() if rows.shape[1] <= width else pca.variances.mean()
        return cls(space, pca, total.sqrt())

    def columns(self, x: Tensor) -> Tensor:
        """The cells themselves, or principal components that keep their own variances, where the cells are many."""
        rows = self.space.rows(x)
        few = rows.shape[1] <= max(len(self.pca.axes), 2)
        return (rows if few else self.pca.encode(rows)) / self.scale

    def whitened(self, x: Tensor) -> Tensor:
        """Principal components, each of variance 1 among training examples."""
        return self.pca.encode(self.space.rows(x)) / self.pca.variances.sqrt()


def hidden(judge: Classifier, train: Tensor) -> Callable[[Tensor], Tensor]:
    """The hidden layer of a classifier, every unit in deviations from its mean among training examples."""
    known = usual(torch.cat([judge.hidden(part) for part in torch.split(train[:SOME], CHUNK)]))
    return lambda x: standard(judge.hidden(x), known)


class Convolution:
    """A network of random filters that nobody trained: from pictures (n, h, w, c) to `width` features.

    Averages of training pictures take the place of what training would have done: every channel has mean 0 and
    deviation 1 before its negative half is cut off, every feature at the end.

    Arguments:
        train: Training pictures.
        seed: Of the filters.
        width: Number of features.
    """

    def __init__(self, train: Tensor, seed: int, width: int) -> None:
        random = generator("random-convolution", seed)
        h = shrunk(train[:SOME])
        self.layers: list[tuple[Tensor, Tensor, Tensor]] = []
        for channels, size in LAYERS:
            weight = torch.randn(channels, h.shape[1], size, size, generator=random)
            raw = conv2d(h, weight, padding=size // 2)
            shift, scale = raw.mean((0, 2, 3), keepdim=True), raw.std((0, 2, 3), keepdim=True).clamp(min=1e-6)
            self.layers.append((weight, shift, scale))
            h = active(raw, shift, scale)
        pooled = adaptive_avg_pool2d(h, REGIONS).flatten(1)
        self.inner = usual(pooled)
        self.mix = torch.randn(pooled.shape[1], width, generator=random)
        self.outer = usual(standard(pooled, self.inner) @ self.mix)

    def __call__(self, x: Tensor) -> Tensor:
        h = shrunk(x)
        for weight, shift, scale in self.layers:
            h = active(conv2d(h, weight, padding=weight.shape[-1] // 2), shift, scale)
        pooled = adaptive_avg_pool2d(h, REGIONS).flatten(1)
        return standard(standard(pooled, self.inner) @ self.mix, self.outer)


def shrunk(x: Tensor) -> Tensor:
    """Pictures (n, h, w, c) as (n, c, h, w) of at most 32 pixels a side."""
    x = x.detach().cpu().float().movedim(-1, 1)
    h, w = x.shape[2:]
    return adaptive_avg_pool2d(x, (min(h, LARGE), min(w, LARGE))) if max(h, w) > LARGE else x


def active(raw: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    """A layer's output at half the size: the positive half, averaged over 2 x 2 places."""
    h = ((raw - shift) / scale).clamp(min=0.0)
    down, across = (max(REGIONS, n // 2) for n in h.shape[2:])
    return adaptive_avg_pool2d(h, (down, across))


def usual(h: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and deviation of every column, (F,) each; a column that hardly moves is not blown up."""
    spread = h.std(0)
    return h.mean(0), (spread.square() + (0.1 * spread.mean()).square()).sqrt().clamp(min=1e-6)


def standard(h: Tensor, known: tuple[Tensor, Tensor]) -> Tensor:
    """Columns (n, F) in units of their deviation from their mean."""
    return (h - known[0]) / known[1]
