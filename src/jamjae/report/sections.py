"""The chapters of pictures, what a run is in one sentence, and whether runs may be compared."""

from dataclasses import dataclass

from ..comparison import Ground
from ..comparison.meaning import sentences
from ..recipes.base import RECIPES
from .facts import Facts


@dataclass(frozen=True)
class Section:
    """A chapter: its key, title, Korean name and explanation."""

    key: str
    title: str
    korean: str
    text: str


SECTIONS: tuple[Section, ...] = (
    Section(
        "reconstruction",
        "Reconstructions",
        "재구성",
        "The encoder squeezes an example into a code, and the decoder restores it from the code alone. What the code "
        "cannot carry, "
        "the decoder fills with the average over everything it could have been: that average is what looks blurred.",
    ),
    Section(
        "samples",
        "Samples",
        "생성",
        "New examples without any input: draw a code from the prior and decode it. They look real only where the "
        "prior draws codes "
        "that the decoder has met in training.",
    ),
    Section(
        "map",
        "Latent map",
        "잠재 공간",
        "The latent space is the space of the codes. Examples that the model treats alike lie close together; empty "
        "regions are "
        "codes that no example uses.",
    ),
    Section(
        "plane",
        "The decoded plane",
        "디코딩한 잠재 평면",
        "The map read backwards: every point of the plane decoded. Smooth changes from tile to tile mean that near "
        "codes decode alike.",
    ),
    Section(
        "strips",
        "Between two examples",
        "보간",
        "Walk in a straight line from the code of one example to that of another and decode on the way. In a "
        "well-filled space every "
        "step looks like a possible example; where a step looks like nothing, the line crosses a hole.",
    ),
    Section(
        "kl",
        "Information per axis",
        "축별 KL",
        "The KL of an axis is how much it tells about an example beyond the prior, in nats. An axis near zero is "
        "dead: its value is "
        "the same cloud for every example, so the decoder learned to ignore it.",
    ),
    Section(
        "traversals",
        "One axis at a time",
        "잠재 축 이동",
        "Take one example's code, move a single axis and leave the others. The change you see is what that axis does "
        "around this "
        "example; elsewhere it may do something else.",
    ),
    Section(
        "walk",
        "One example, step by step",
        "예시 하나 따라가기",
        "The way of a single example through the model, from its values to the change of the weights that it asks for. "
        "Here the rate weighs 1, whatever its weight in training.",
    ),
    Section(
        "trick",
        "Why the trick",
        "재매개변수화",
        "The code is drawn at random, and nothing can be learned through a draw. The trick writes it as z = μ + σ · ε: "
        "the chance stays outside, in ε, and the gradient of the reconstruction reaches μ and σ. A way without the "
        "trick exists, the score function, but it only weighs draws by how well they went.",
    ),
    Section(
        "variance",
        "Variance or its logarithm",
        "분산과 로그 분산",
        "The encoder could output the variance σ² itself, or ln σ². The samples are the same; what differs is what a "
        "gradient step can do to them.",
    ),
    Section(
        "nearest",
        "Samples nearest to training examples",
        "가장 가까운 학습 예시",
        "If a model copies what it was trained on, its samples lie nearer to training examples than to others. These "
        "are the nearest pairs.",
    ),
)


def about(facts: Facts) -> str:
    """The recipe in one sentence: the first line of its docstring."""
    recipe = RECIPES.get(facts.recipe)
    text = " ".join((recipe.__doc__ or "").split("\n\n")[0].split()) if recipe else ""
    return text.replace("N(0, I)", "N(0,\u00a0I)") or "A model put together from parts by hand."


def comparable(runs: list[Facts]) -> list[str]:
    """Why numbers of these runs must not be compared; empty if they may be."""
    if len(runs) < 2:
        return []
    found = sentences([ground(facts) for facts in runs])
    found.append("One training run each: a gap between two of them may be chance. No winner is named here.")
    return found


def ground(facts: Facts) -> Ground:
    """What the numbers of a run stand on."""
    likelihood, told = str(facts.part("likelihood")), str(facts.part("condition").get("name", ""))
    return Ground(str(facts.data.get("fingerprint")), likelihood, str(facts.data.get("binarise")), told)
