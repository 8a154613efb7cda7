"""Captions of the pictures for readers of study notes."""

import numpy as np

from .captions import about, counted, percent, short
from .facts import Facts


def walk(facts: Facts) -> str:
    shown, axes = len(facts.arrays["walk_axes"]), facts.width
    text = f"The first {facts.data['split']} example."
    text += f" Of {axes} axes the {shown} most informative ones are drawn; all take part." if axes > shown else ""
    return text + " The run itself stays as it is: the update is made by a copy."


def walk_start(facts: Facts) -> str:
    x = facts.arrays["walk_x"]
    if x.shape == (2,):
        return f"A point of the plane: ({short(x[0])}, {short(x[1])})."
    return f"{counted(x.size, 'value')} go into the encoder."


def walk_noise() -> str:
    return "Drawn from N(0, 1), one number per axis. It depends on no weight: to the gradient it is a constant."


def walk_loss(facts: Facts) -> str:
    distortion, rate, loss = (f"{v:.2f}".replace("-", "−") for v in facts.arrays["walk_terms"])
    how = "" if facts.arrays["walk_exact"] else ", estimated at this z"
    what = f"−log p(x | z) and KL(q(z | x) ‖ p(z)) of this example{how}."
    return f"Distortion {distortion} + rate {rate} = {loss} nats: {what}"


def walk_step(facts: Facts) -> str:
    if "walk_step" not in facts.arrays:
        return "There is no gradient here, so there is nothing to update."
    norm, rate, before, after = facts.arrays["walk_step"]
    turned = "falls" if after < before else "does not fall"
    before, after = (f"{v:.2f}".replace("-", "−") for v in (before, after))
    return (
        f"The gradient over all weights has norm {short(norm)}. One plain step against it, at learning rate "
        f"{short(rate)}, and with the same ε the loss {turned}: from {before} to {after} nats."
    )


def trick(facts: Facts) -> str:
    draws = facts.arrays["trick"].shape[1]
    mild, wild = facts.arrays["trick_noise"]
    rest, left = facts.arrays["trick_rest"]
    remains = "" if np.isnan(rest) else f" What remains then is the gradient of the rate alone, of norm {short(rest)}."
    return (
        f"Each dot is the gradient from one draw of ε, {draws} in a row, along one direction; the upright line is "
        f"their mean, with two standard errors. Without the trick the reconstruction tells the encoder nothing: every "
        f"gradient is {short(left)}.{remains} The other two have the same mean, but the score function is "
        f"{about(wild / mild)} times noisier: it would take {about((wild / mild) ** 2)} times as many draws."
    )


def variance() -> str:
    return (
        "Computed in single precision, for one axis with a decoder that multiplies by 10. Moderate variances give the "
        "same samples either way. Very small ones become 0 and very large ones infinite, and one step can make a "
        "variance negative, which has no deviation. Its logarithm may be any number, and is kept between −15 and 15."
    )


def nearest(facts: Facts, points: bool) -> str:
    found = next(m for m in facts.measurements if m.name == "memorisation")
    near = facts.arrays["near_distances"][:, 0]
    shown = counted(len(near), "sample")
    order = f"the {shown} nearest to a training example, compared with how far held-out examples are"
    what = f"Blue: {order}. A line leads to each from that training example." if points else f"Odd rows: {order}."
    below = "" if points else " Below each, that training example."
    low, high = found.interval or (0.0, 1.0)
    return (
        f"{what}{below} Their distances are {short(near.min())} to {short(near.max())}. Of all samples, "
        f"{percent(found.value or 0.0)} are nearer to training examples than to held-out ones (95 % interval: "
        f"{percent(low)} to {percent(high)}); without copying it would be 50 %. A pair that looks alike is no proof of "
        "copying, since some pair is always the nearest."
    )
