"""Captions: what each picture shows, for a reader who knows study notes on autoencoders and nothing else."""

from .facts import Facts

FITTED = "The samples come from a mixture prior fitted to the codes afterwards: training itself put no prior on them."
NUMBERS = "no one two three four five six seven eight nine ten eleven twelve".split()


def counted(n: int, noun: str) -> str:
    """Small numbers in words.

    Example:
        >>> counted(1, "number"), counted(2, "axis"), counted(20, "number")
        ('one number', 'two axes', '20 numbers')
    """
    many = noun if n == 1 else {"axis": "axes", "class": "classes"}.get(noun, noun + "s")
    return f"{NUMBERS[n] if n < len(NUMBERS) else n} {many}"


def reconstruction(facts: Facts, points: bool) -> str:
    shown = {"test": "test examples that training never saw"}.get(
        facts.data["split"], f"{facts.data['split']} examples"
    )
    if points:
        return f"Grey: {shown}. A blue line leads from each to its reconstruction, the blue dot."
    return f"Odd rows: {shown}. Below each, what comes back after it has been squeezed into {counted(facts.width, 'number')}."


def samples(facts: Facts, points: bool) -> str:
    kind = (
        "Orange: draws from the model, noise included; grey: the data."
        if points
        else "Draws z from the prior, decoded."
    )
    if not points and len(facts.event["shape"]) == 3:
        kind += " Each picture is the mean of p(x | z), without pixel noise."
    return f"{kind} {FITTED}" if facts.prior_came_later else kind


def latent_map(facts: Facts, share: float) -> str:
    text = f"Each dot is the code of one {facts.data['split']} example"
    text += ", coloured by its class; labels took no part in training." if facts.data["labelled"] else "."
    if share < 1:
        text += (
            f" The code has {facts.width} axes; the map keeps the two directions of greatest variance, {share:.0%} of "
            f"it. "
            "Examples that overlap here may be apart in the other axes."
        )
    return text


def plane(facts: Facts, points: bool) -> str:
    (left, right), (bottom, top) = facts.arrays["plane_range"].tolist()
    where = f"z0 runs from {left:.2g} to {right:.2g} (left to right), z1 from {bottom:.2g} to {top:.2g} (bottom to top)"
    if points:
        return f"A square net of codes, decoded; grey: the data. {where}: where 96 % of the prior lies along each axis."
    return f"Each tile is one decoded point of the latent plane. {where}: where 96 % of the prior lies along each axis."


def strips(facts: Facts, points: bool) -> str:
    if points:
        return (
            "Each line is the decoded straight way between the codes of two examples, from the open to the filled dot."
        )
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
