"""The straight way between two codes, and the labels under which its pictures are decoded."""

from dataclasses import dataclass

import torch
from torch import Tensor

from . import asked
from .core.errors import require
from .core.seeds import isolated
from .data.forms import Text
from .kept import Kept
from .models.latent import LatentModel


@dataclass(frozen=True)
class Ends:
    """Two codes z (2, *latent), and their labels (2,) where the model is conditional."""

    z: Tensor
    y: Tensor | None


def between(run: Kept, a: int | str, b: int | str, y: Tensor | None) -> Ends:
    """Test examples a and b of a run or, without an encoder, draws a and b from its prior under labels y (steps,); of
    text, two sentences."""
    if isinstance(a, str) or isinstance(b, str):
        return of_sentences(run, (a, b), None if y is None else y[[0, -1]])
    if run.model.encoder is None:
        for name, number in (("a", a), ("b", b)):
            require(number >= 0, f"`{name}` must be a draw from the prior, 0 or more", number)
        return of_draws(run.model, (a, b), None if y is None else y[[0, -1]])
    x, own = run.tested(max(a, b, 0) + 1)  # the same bits as in `pairs`
    count = len(run.dataset.rows("test"))
    for name, index in (("a", a), ("b", b)):
        require(0 <= index < count, f"`{name}` must be a test example, 0 to {count - 1}", index)
    return of_examples(run.model, x[[a, b]], None if own is None else own[[a, b]])


def of_sentences(run: Kept, sentences: tuple[int | str, int | str], y: Tensor | None) -> Ends:
    """The codes of two sentences, under labels y (2,) where the model is conditional."""
    require(isinstance(run.form, Text), "`a` and `b` may be sentences only of a run on text", sentences)
    both = all(isinstance(s, str) for s in sentences)
    require(both, "`a` and `b` must both be sentences, or both numbers of test examples", sentences)
    assert run.form is not None
    x = torch.from_numpy(run.form.values(sentences)).long()
    return of_examples(run.model, x, asked.needed(run.model, y))


@torch.no_grad()
def of_examples(model: LatentModel, x: Tensor, y: Tensor | None) -> Ends:
    """The codes of two examples x (2, *event), each under its own label."""
    q = model.encode(x, y)
    assert model.posterior is not None
    return Ends(model.posterior.point(q), None if model.condition is None else y)


@torch.no_grad()
def of_draws(model: LatentModel, numbers: tuple[int, int], y: Tensor | None) -> Ends:
    """Two draws from the prior, by number; labels as given (2,), otherwise drawn with them."""
    found = []
    for n, number in enumerate(numbers):
        with isolated("interpolate", number):
            found.append(model.draw(1, None if y is None else y[n : n + 1]))
    labels = [label for _, label in found if label is not None]
    return Ends(torch.cat([z for z, _ in found]), torch.cat(labels) if labels else None)


def straight(model: LatentModel, ends: Ends, steps: int) -> tuple[Tensor, Tensor | None]:
    """Codes (steps, *latent) at equal distances on the line between the ends, and a label for each.

    The label is that of the nearer end; of numbers, the one in between.
    """
    share = torch.linspace(0, 1, steps)
    z = torch.lerp(ends.z[:1], ends.z[1:], share.reshape(-1, *(1 for _ in ends.z.shape[1:])))
    if ends.y is None or model.condition is None:
        return z, None
    return z, model.condition.between(ends.y[:1], ends.y[1:], share)
