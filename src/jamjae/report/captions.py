"""Captions: what each picture shows, for a reader who knows study notes on autoencoders and nothing else."""

import numpy as np

from .facts import Facts

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def counted(n: int, noun: str) -> str:
    """Small numbers in words.

    Example:
        >>> counted(1, "number"), counted(2, "axis"), counted(20, "number")
        ('one number', 'two axes', '20 numbers')
    """
    many = noun if n == 1 else {"axis": "axes", "class": "classes"}.get(noun, noun + "s")
    return f"{NUMBERS[n] if n < len(NUMBERS) else n} {many}"


def short(value: float) -> str:
    """Two digits and a true minus sign.

    Example:
        >>> short(-2.054)
        '−2.1'
    """
    return f"{value:.2g}".replace("-", "−", 1)


def about(value: float) -> str:
    """Two digits without a power of ten.

    Example:
        >>> about(5731.2), about(1.26)
        ('5,700', '1.3')
    """
    return f"{float(f'{value:.2g}'):,.0f}" if value >= 10 else short(value)


def percent(share: float) -> str:
    """A share in whole percent; one that is not quite everything does not say 100 %.

    Example:
        >>> percent(0.291), percent(0.9996)
        ('29 %', 'more than 99 %')
    """
    return "more than 99 %" if 0.99 < share < 1 else f"{share:.0%}".replace("%", " %")


def label(facts: Facts, name: str) -> str:
    """A label in words: `name` is the array that holds its text.

    Example:
        >>> from .facts import Facts
        >>> import numpy as np
        >>> label(Facts("t", "vae", arrays={"plane_label": np.array(["7"])}), "plane_label")
        'label 7'
    """
    text = str(facts.arrays[name][0])
    return f"label {text}" if text else "no label"


def curve(facts: Facts) -> str:
    """What a small curve is, where examples are drawn as curves; what a line is, where they are written."""
    if facts.written is not None:
        return " Each line is one example."
    shape, kind = facts.event["shape"], facts.event.get("kind")
    if len(shape) == 2 and (kind == "sequence" or shape[1] == 1):
        lines = "one line" if shape[1] == 1 else f"{shape[1]} lines, one a channel, each in its own scale"
        return f" Each small picture is one example: {lines}, {shape[0]} places from left to right."
    return f" Each small curve is one example, its {shape[0]} values from left to right." if len(shape) == 1 else ""


def reconstruction(facts: Facts, points: bool) -> str:
    split = facts.data["split"]
    shown = "test examples that training never saw" if split == "test" else f"{split} examples"
    if points:
        return f"Grey: {shown}. A blue line leads from each to its reconstruction, the blue dot."
    back = f"what comes back from the {counted(facts.width, 'number')} of its code"
    if facts.written is not None and facts.event["kind"] != "table":
        return f"Left: {shown}. Right: {back}."
    if facts.written is None and (drawn_as := curve(facts)):
        colour = "Blue" if facts.event["shape"][1:] in ([], [1]) else "In colour"
        return f"Grey: {shown}. {colour}: {back}.{drawn_as}{heard(facts)}"
    return f"Odd rows: {shown}. Below each, {back}.{heard(facts)}"


def heard(facts: Facts) -> str:
    """What the players play; nothing where there are none."""
    if not facts.sounds:
        return ""
    if facts.event["shape"][1] == 1:
        return " The first ones can be heard."
    text = " Time runs to the right, low tones are below. The first ones can be heard: of a spectrogram, which holds no"
    return f"{text} phases, these are guessed, of originals and of what the model makes alike."


def samples(facts: Facts, points: bool) -> str:
    text = (
        "Orange: draws from the model, noise included; grey: the data."
        if points
        else "Draws z from the prior, decoded."
    )
    if not points:
        text += curve(facts) or f" Each picture is the mean of p(x | z), without {noise(facts)}."
        text += heard(facts)
    if "sample_labels" in facts.arrays:
        text += (
            " One row per label. The random numbers are the same in every row: down a column only the label changes."
        )
    elif facts.conditional:
        text += " Labels are drawn as often as training saw them."
    if facts.learning:
        text += f" The samples come from a {facts.part('prior').get('name', '')} prior {facts.learning}: "
        text += "training itself put no prior on them."
    return text


def noise(facts: Facts) -> str:
    """The noise that pictures leave out."""
    return "its noise" if facts.event.get("kind") == "audio" else "pixel noise"


def latent_map(facts: Facts, share: float) -> str:
    text = f"Each dot is the code of one {facts.data['split']} example{coloured(facts)}."
    if share < 1:
        text += (
            f" The code has {facts.width} axes; the map keeps the two directions of greatest variance, "
            f"{percent(share)} of it. Examples that overlap here may be apart in the other axes."
        )
    return text


def coloured(facts: Facts) -> str:
    """What the colours of the map mean."""
    if not facts.data["labelled"]:
        return ""
    by = "class"
    if facts.data.get("numbers"):
        known = facts.arrays["labels"][~np.isnan(facts.arrays["labels"])]
        by = f"number from blue ({short(known.min())}) to orange ({short(known.max())})" if len(known) else "number"
    if facts.conditional:
        return f", coloured by its {by}, which the encoder was told: a code need not repeat it"
    return f", coloured by its {by}; labels took no part in training"


def plane(facts: Facts, points: bool) -> str:
    (left, right), (bottom, top) = (map(short, ends) for ends in facts.arrays["plane_range"].tolist())
    where = f"z0 runs from {left} to {right} (left to right), z1 from {bottom} to {top} (bottom to top)"
    where += f", all under {label(facts, 'plane_label')}" if "plane_label" in facts.arrays else ""
    if points:
        return f"A square net of codes, decoded; grey: the data. {where}: where 96 % of the prior lies along each axis."
    if facts.written is not None:
        where = where.replace("left to right", "along a list").replace(
            "bottom to top", "from the last list to the first"
        )
    tile = "line" if facts.written is not None else "tile"
    return (
        f"Each {tile} is one decoded point of the latent plane. {where}: where 96 % of the prior lies along each axis."
    )


def strips(facts: Facts, points: bool) -> str:
    what = "the codes of two examples" if facts.encodes else "two draws from the prior"
    under = ""
    if facts.conditional:
        under = " Each step is decoded under the label of the nearer end"
        under += " (numbers: the one in between)." if facts.data.get("numbers") else "."
    if points:
        return f"Each line is the decoded straight way between {what}, from open to filled dot.{under}"
    ends = "First and last" if facts.written is not None else "Outermost"
    outermost = f"{ends}: two examples. Between them, nine" if facts.encodes else "Nine"
    return f"{outermost} steps on the straight line between {what}, decoded.{under}"


def axes(facts: Facts) -> str:
    dead = int(facts.arrays["dead"].sum())
    text = f"Most informative axis first; together {facts.arrays['kl'].sum():.2g} nats."
    if not dead:
        return text + " Every axis is in use."
    share = "(hollow): below 0.01 nats for nearly every example, so the decoder could do without."
    return f"{text} {counted(dead, 'axis').capitalize()} {'is' if dead == 1 else 'are'} dead {share}"


def traversals(facts: Facts, names: tuple[str, ...], points: bool) -> str:
    order = "the most informative axis first" if "kl" in facts.arrays else "the axis with the greatest variance first"
    order = order if facts.encodes else "in their order"
    under = f" All under {label(facts, 'traversal_label')}." if "traversal_label" in facts.arrays else ""
    start = "One example's code" if facts.encodes else "One draw from the prior"
    if points:
        return f"{start} with one axis moved at a time: {', '.join(names)}, {order}.{under}"
    row = "list" if facts.written is not None else "row"
    return f"{start}; one {row} per axis, {order}. Along a {row} only that axis moves, over the prior's range.{under}"
