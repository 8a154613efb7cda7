"""What lecture notes say about these models, held against the numbers; whatever they show is said."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..evaluation.base import METRICS
from .arm import Arm, Cell, cell
from .verdict import NOT_COMPARABLE, UNDEFINED, Against, against

HOLDS, FAILS, OPEN = "holds here", "does not hold here", "not shown"
LATENT = "A VAE's latent space is continuous and complete, an autoencoder's is not."
SAMPLES = "A GAN's samples are varied and sharp, a VAE's are faithful to what it saw."


@dataclass(frozen=True)
class Finding:
    """One number of a claim.

    Arguments:
        metric: Its name.
        says: What the claim makes of it, in words.
        one: The arm of which the claim expects more.
        other: The arm of which it expects less.
        cells: Both values.
        against: The difference, one minus other.
        outcome: "holds here", "does not hold here" or "not shown".
        why: Why it is not shown.
    """

    metric: str
    says: str
    one: str
    other: str
    cells: tuple[Cell, Cell]
    against: Against
    outcome: str
    why: str


@dataclass(frozen=True)
class Claim:
    """A sentence, how it was put to the test, what each number says, and what follows from all that it rests on."""

    text: str
    tested: str
    findings: tuple[Finding, ...]
    outcome: str


def claims(arms: Sequence[Arm]) -> tuple[Claim, ...]:
    """Every claim that the arms allow to test, for each pair of arms that it speaks of."""
    plain = [arm for arm in arms if arm.is_autoencoder]
    variational = [arm for arm in arms if arm.is_variational and not arm.generates_only]
    adversarial = [arm for arm in arms if arm.generates_only]
    found = [latent(ae, vae) for ae in plain for vae in variational]
    found += [samples(gan, vae) for gan in adversarial for vae in variational]
    return tuple(claim for claim in found if claim.findings)


def latent(ae: Arm, vae: Arm) -> Claim:
    """A VAE's latent space against an autoencoder's; coverage is shown beside, because completeness needs it."""
    of_ae, of_vae = (arm.spec["model"]["prior"]["name"] for arm in (ae, vae))
    tested = (
        f"Tested as: {vae.title} has more of both than {ae.title}. The training of {ae.title} knows no prior: it "
        f"sampled from a {of_ae} prior {ae.learning}. {vae.title} sampled from the {of_vae} prior that it was trained "
        "with. Coverage stands beside and does not count: a decoder that makes one good example again and again is "
        "complete."
    )
    asked = [("continuity", "is more continuous", vae, ae), ("completeness", "is more complete", vae, ae)]
    beside = [("coverage", "reaches more of the data", vae, ae)]
    return claim(LATENT, tested, asked, beside)


def samples(gan: Arm, vae: Arm) -> Claim:
    """A GAN's samples against a VAE's: diversity and coverage on one side, fidelity on the other."""
    tested = (
        f"Tested as: samples of {gan.title} reach more of the data and differ more from each other (varied), a "
        f"classifier is surer of what they show (sharp), and more samples of {vae.title} lie where data lie "
        f"(faithful). Reconstructions cannot be compared: {gan.title} has none."
    )
    asked = [
        ("coverage", "reaches more of the data", gan, vae),
        ("diversity", "makes samples that differ more", gan, vae),
        ("confidence", "makes samples of which a classifier is surer", gan, vae),
        ("completeness", "makes more samples that lie where data lie", vae, gan),
    ]
    return claim(SAMPLES, tested, asked, [])


Asked = tuple[str, str, Arm, Arm]


def claim(text: str, tested: str, asked: Sequence[Asked], beside: Sequence[Asked]) -> Claim:
    """A claim that holds if all that is asked holds; what stands beside does not count."""
    counted = [finding(*one) for one in asked if measured(*one)]
    shown = [finding(*one) for one in beside if measured(*one)]
    whole = len(counted) == len(asked)
    return Claim(text, tested, (*counted, *shown), together([f.outcome for f in counted], whole) if counted else OPEN)


def measured(metric: str, _: str, one: Arm, other: Arm) -> bool:
    """Whether both arms were asked for the metric."""
    return metric in one.first and metric in other.first


def finding(metric: str, says: str, one: Arm, other: Arm) -> Finding:
    """Whether one arm has more of a metric than the other, under the rule of evidence."""
    found = against(one, other, METRICS[metric])
    known = found.verdict not in (UNDEFINED, NOT_COMPARABLE)
    why = found.doubt if known else f"{found.verdict}: {found.why}"
    outcome = OPEN if why else HOLDS if found.difference.sign > 0 else FAILS
    cells = cell(one, metric), cell(other, metric)
    return Finding(metric, says, one.title, other.title, cells, found, outcome, why)


def together(outcomes: Sequence[str], whole: bool = True) -> str:
    """It holds if every part does, and fails if one part does; otherwise it is not shown.

    Example:
        >>> together([HOLDS, HOLDS]), together([HOLDS, OPEN]), together([OPEN, FAILS]), together([HOLDS], whole=False)
        ('holds here', 'not shown', 'does not hold here', 'not shown')
    """
    if FAILS in outcomes:
        return FAILS
    return HOLDS if whole and set(outcomes) == {HOLDS} else OPEN
