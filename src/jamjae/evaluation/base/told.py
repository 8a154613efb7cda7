r"""A classifier that tells two clouds of points apart, as a test and as an estimate of the ratio of their densities.

    logit(z) = log a(z) / b(z)   for the best classifier of equally many points of a and of b

First a logistic regression on the axes, their squares and products, which is exact for two Gaussians. Then a small
network adds what that leaves out, and stays only if it predicts held-out points better.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits as entropy

PER_FEATURE = 20  # points of each cloud per feature, below which products, then squares, are left out
EPOCHS, BATCH, WIDTH, RATE, DECAY = 40, 500, 64, 2e-3, 1e-2
ENOUGH = 500  # points of each cloud from which a network has something to learn

Logit = Callable[[Tensor], Tensor]


def told_apart(a: Tensor, b: Tensor) -> Logit:
    """The logit of a classifier trained on points a (n, d) and b (n, d): from (m, d) to (m,)."""
    straight = logistic(a, b)
    if len(a) < ENOUGH:
        return straight
    cut = len(a) // 5
    bent = refined(straight, a[cut:], b[cut:])
    return bent if loss(bent, a[:cut], b[:cut]) < loss(straight, a[:cut], b[:cut]) else straight


def logistic(a: Tensor, b: Tensor) -> Logit:
    """Logistic regression on the axes, their squares and products, as many as there are points for."""
    from sklearn.linear_model import LogisticRegression  # slow to import, and needed here only

    x = torch.cat([a, b])
    centre, scale = x.mean(0), spread(x)
    degree = next((k for k in (2, 1) if 2 * len(features(x[:1], k)[0]) * PER_FEATURE <= len(x)), 0)
    expanded = features((x - centre) / scale, degree)
    middle, width = expanded.mean(0), spread(expanded)
    fit = LogisticRegression(max_iter=500).fit(((expanded - middle) / width).numpy(), labels(a, b).numpy())
    weight, bias = torch.from_numpy(fit.coef_[0]), float(fit.intercept_[0])
    return lambda z: (features((z - centre) / scale, degree) - middle) / width @ weight + bias


def features(x: Tensor, degree: int) -> Tensor:
    """The axes (0), also their squares (1), also their products (2), (n, F)."""
    if degree < 2:
        return torch.cat([x, x.square()], 1) if degree else x
    first, second = torch.triu_indices(x.shape[1], x.shape[1])
    return torch.cat([x, x[:, first] * x[:, second]], 1)


def spread(x: Tensor) -> Tensor:
    """Standard deviation of every column, 1 where there is none."""
    s = x.std(0)
    return torch.where(s > 0, s, 1.0)


def labels(a: Tensor, b: Tensor) -> Tensor:
    """1 for points of a, 0 for points of b."""
    return torch.cat([torch.ones(len(a)), torch.zeros(len(b))]).double()


def loss(logit: Logit, a: Tensor, b: Tensor) -> float:
    """Cross-entropy of a classifier on points a and b, in nats."""
    return entropy(torch.cat([logit(a), logit(b)]), labels(a, b)).item()


def refined(straight: Logit, a: Tensor, b: Tensor) -> Logit:
    """The logit plus a network of the points, trained with Adam and decay of its weights."""
    x, y = torch.cat([a, b]), labels(a, b).float()
    centre, scale, offset = x.mean(0), spread(x), straight(x).float()
    rows = ((x - centre) / scale).float()
    network = nn.Sequential(nn.Linear(rows.shape[1], WIDTH), nn.SiLU(), nn.Linear(WIDTH, WIDTH), nn.SiLU())
    network.append(nn.Linear(WIDTH, 1))
    nn.init.zeros_(network[-1].weight)  # it starts as the logit that it refines
    steps = EPOCHS * math.ceil(len(x) / BATCH)
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    with torch.enable_grad():
        for step in range(steps):
            optimiser.param_groups[0]["lr"] = RATE * (1 - step / steps)
            i = torch.randint(len(x), (BATCH,))
            optimiser.zero_grad()
            entropy(offset[i] + network(rows[i]).squeeze(1), y[i]).backward()
            optimiser.step()
    network.requires_grad_(False)
    return lambda z: straight(z) + network(((z - centre) / scale).float()).squeeze(1).double()


def calibrated(logit: Logit, a: Tensor, b: Tensor) -> Logit:
    """The logit shifted and scaled so that it predicts other points a and b best.

    Reference:
        Platt (1999), Probabilistic outputs for support vector machines. In: Advances in large margin classifiers
    """
    from sklearn.linear_model import LogisticRegression  # slow to import, and needed here only

    found = torch.cat([logit(a), logit(b)])[:, None].numpy()
    fit = LogisticRegression(C=1e6).fit(found, labels(a, b).numpy())
    slope, shift = float(fit.coef_[0, 0]), float(fit.intercept_[0])
    return lambda z: slope * logit(z) + shift


def area(a: Tensor, b: Tensor) -> tuple[float, float]:
    """Area under the ROC curve, P(a > b) + P(a = b) / 2, of scores a (m,) and b (n,), and its standard error.

    Reference:
        DeLong, DeLong and Clarke-Pearson (1988), Comparing the areas under two or more correlated receiver operating
        characteristic curves. https://doi.org/10.2307/2531595
    """
    above, below = placed(a, b), 1 - placed(b, a)
    variance = above.var().item() / len(a) + below.var().item() / len(b)
    return above.mean().item(), math.sqrt(variance)


def placed(a: Tensor, b: Tensor) -> Tensor:
    """Share of b below each a, ties half, (m,)."""
    rising = b.sort().values
    places = torch.searchsorted(rising, a) + torch.searchsorted(rising, a, right=True)
    return places.double() / (2 * len(b))
