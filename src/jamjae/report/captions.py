"""Captions: what each picture shows, for a reader who knows study notes on autoencoders and nothing else."""

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


def percent(share: float) -> str:
    """A share in whole percent; one that is not quite everything does not say 100 %.

    Example:
        >>> percent(0.291), percent(0.9996)
        ('29 %', 'more than 99 %')
    """
    return "more than 99 %" if 0.99 < share < 1 else f"{share:.0%}".replace("%", " %")


def curve(facts: Facts) -> str:
    """What a small curve is, where examples are drawn as curves."""
    shape = facts.event["shape"]
    return f" Each small curve is one example, its {shape[0]} values from left to right." if len(shape) == 1 else ""


def reconstruction(facts: Facts, points: bool) -> str:
    split = facts.data["split"]
    shown = "test examples that training never saw" if split == "test" else f"{split} examples"
    if points:
        return f"Grey: {shown}. A blue line leads from each to its reconstruction, the blue dot."
    back = f"what comes back from the {counted(facts.width, 'number')} of its code"
    if drawn_as := curve(facts):
        return f"Grey: {shown}. Blue: {back}.{drawn_as}"
    return f"Odd rows: {shown}. Below each, {back}."


def samples(facts: Facts, points: bool) -> str:
    text = (
        "Orange: draws from the model, noise included; grey: the data."
        if points
        else "Draws z from the prior, decoded."
    )
    if not points:
        text += curve(facts) or " Each picture is the mean of p(x | z), without pixel noise."
    if facts.prior_came_later:
        text += f" The samples come from a {facts.part('prior').get('name', '')} prior fitted to the codes afterwards: "
        text += "training itself put no prior on them."
    return text


def latent_map(facts: Facts, share: float) -> str:
    text = f"Each dot is the code of one {facts.data['split']} example"
    text += ", coloured by its class; labels took no part in training." if facts.data["labelled"] else "."
    if share < 1:
        text += (
            f" The code has {facts.width} axes; the map keeps the two directions of greatest variance, "
            f"{percent(share)} of it. Examples that overlap here may be apart in the other axes."
        )
    return text


def plane(facts: Facts, points: bool) -> str:
    (left, right), (bottom, top) = (map(short, ends) for ends in facts.arrays["plane_range"].tolist())
    where = f"z0 runs from {left} to {right} (left to right), z1 from {bottom} to {top} (bottom to top)"
    if points:
        return f"A square net of codes, decoded; grey: the data. {where}: where 96 % of the prior lies along each axis."
    return f"Each tile is one decoded point of the latent plane. {where}: where 96 % of the prior lies along each axis."


def strips(facts: Facts, points: bool) -> str:
    if points:
        return "Each line is the decoded straight way between the codes of two examples, from open to filled dot."
    return "Outermost: two examples. Between them, nine steps on the straight line between their codes, decoded."


def axes(facts: Facts) -> str:
    dead = int(facts.arrays["dead"].sum())
    text = f"Most informative axis first; together {facts.arrays['kl'].sum():.2g} nats."
    if not dead:
        return text + " Every axis is in use."
    share = "(hollow): below 0.01 nats for nearly every example, so the decoder could do without."
    return f"{text} {counted(dead, 'axis').capitalize()} {'is' if dead == 1 else 'are'} dead {share}"


def traversals(facts: Facts, names: tuple[str, ...], points: bool) -> str:
    order = "the most informative axis first" if "kl" in facts.arrays else "the axis with the greatest variance first"
    if points:
        return f"One example's code with one axis moved at a time: {', '.join(names)}, {order}."
    return f"One row per axis, {order}. Along a row only that axis moves, over the prior's range."
