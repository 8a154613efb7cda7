"""What a classifier is shown of an example: which typical patches a picture has and where; of anything else, columns.

pictures:  square roots of the mean of max(0, <patch, filter>) over 4 x 4 regions, for each of 64 filters
the rest:  the cells as points of `data.spread.Space`
"""

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d, normalize, unfold

from ...core.event import Event
from ...data.spread import Space

Tensors = dict[str, Tensor]
FILTERS, REGIONS = 64, 4
SMALL, LARGE = 16, 32  # pixels: below, patches are 3 x 3 and not 7 x 7; larger pictures are averaged down to it
PATCHES = 40_000  # to cluster


def is_picture(event: Event) -> bool:
    """Whether patches make sense: pictures of shades, not of categories, with room for them."""
    return event.kind == "image" and event.levels <= 2 and min(event.shape[:2]) >= 2 * REGIONS - 2


def learn(event: Event, x: Tensor) -> Tensors:
    """What `features` needs to know, from training examples x (n, *event); draws from torch's generator."""
    if is_picture(event):
        return {"filters": filters(x)}
    space = Space.of(event, x)
    return {"mean": space.mean, "spread": space.scale}


def features(event: Event, x: Tensor, known: Tensors) -> Tensor:
    """Features of examples x (n, *event), (n, F)."""
    if not is_picture(event):
        return Space(event, known["mean"], known["spread"]).rows(x)
    found, places = patches(x, step=1 if min(event.shape[:2]) < SMALL else 2)
    response = (found @ known["filters"].T).clamp(min=0.0).mT
    return adaptive_avg_pool2d(response.unflatten(2, places), REGIONS).flatten(1).sqrt()


def filters(x: Tensor) -> Tensor:
    """Centres of k-means among the patches of pictures x that are not flat, without mean and of unit length.

    Reference:
        Coates, Ng and Lee (2011), An analysis of single-layer networks in unsupervised feature learning.
        https://proceedings.mlr.press/v15/coates11a.html
    """
    from sklearn.cluster import MiniBatchKMeans  # slow to import, and needed here only

    some = x[torch.randperm(len(x))[:500]]
    rows = patches(some, step=1)[0].flatten(0, 1)
    rows = rows[rows.std(1) > 0.15 * some.float().std()]
    rows = rows[torch.randperm(len(rows))[:PATCHES]] if len(rows) else torch.zeros(1, rows.shape[1])
    rows = normalize(rows - rows.mean(1, keepdim=True))
    clusters = MiniBatchKMeans(min(FILTERS, len(rows)), n_init=1, batch_size=2048, max_iter=10, random_state=0)
    centres = torch.from_numpy(clusters.fit(rows.numpy()).cluster_centers_).float()
    return normalize(centres - centres.mean(1, keepdim=True))


def patches(x: Tensor, step: int) -> tuple[Tensor, tuple[int, int]]:
    """Every `step`-th patch of pictures x (n, h, w, c), (n, places, values), and how many lie down and across."""
    h, w = x.shape[1:3]
    size = 3 if min(h, w) < SMALL else 7
    x = x.detach().cpu().float().movedim(-1, 1)
    x = adaptive_avg_pool2d(x, (min(h, LARGE), min(w, LARGE))) if max(h, w) > LARGE else x
    down, across = ((n - 1) // step + 1 for n in x.shape[2:])
    return unfold(x, size, padding=size // 2, stride=step).mT, (down, across)
