"""Does `jamjae diagnose` find what is wrong, and only that? Faults are planted in small fits, beside healthy ones.

python -m benchmarks.faults                               every plant: seeds 0-9 on the data that thresholds were
                                                          set on, seeds from 100 on, on that data and on other data
python -m benchmarks.faults --only fast,few --seeds 2     some plants, fewer seeds

Every finished fit is kept in benchmarks/faults.json, and is not made again; the tables go to docs/diagnosis.md.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.kept import Result, among, each, keep, kept

ROOT = Path(__file__).parents[1]
KEPT, PAGE = ROOT / "benchmarks/faults.json", ROOT / "docs/diagnosis.md"
SET, HELD = range(10), 10  # seeds on which thresholds were set; how many others judge them, on either data
OTHER = {"digits": "mnist", "ring": "moons"}  # judged on other data, too
ROWS = 2000  # of the other pictures
LIMIT = 300  # test examples that the doctor measures on
SAMPLES = 2500  # in which kinds of examples are counted
Made = tuple[str, Any, dict[str, Any]]  # recipe, source, options

SMALL = {"batch_size": 64, "threads": 1}
NETWORKS = {"encoder.widths": "100", "decoder.widths": "100", "latent": 4}
GAME = {"decoder.widths": "64,64", "objective.critic.network.widths": "64,64"}
STEADY = {"objective.penalty": "r1", "lr": 1e-3}
BINARY, GREY = {"binarise": "stochastic"}, {"binarise": "none"}
VAE = {**SMALL, **NETWORKS, "epochs": 15}


# -- plants ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plant:
    """A way to fit, healthy or not.

    Arguments:
        about: What is planted, in words.
        data: What thresholds were set on.
        make: (data, seed) to recipe, source and options.
        rules: Those that must find it; none for a healthy fit.
        quick: Whether the doctor leaves out what takes longer and none of these rules looks at.
        first: The first seed that judges; a later one where the rule was mended after the first were seen.
    """

    about: str
    data: str
    make: Callable[[str, int], Made]
    rules: tuple[str, ...] = ()
    quick: bool = True
    first: int = 100


def labelled(data: str, seed: int) -> tuple[Any, Any]:
    """Grey pictures in [0, 1], (n, height, width), float32, and their classes: all digits, or 2,000 of the other
    data."""
    import numpy as np

    from jamjae.data import builtin

    raw = builtin.load(data, 0)
    rows = np.arange(len(raw.x))
    rows = rows if len(rows) <= ROWS else np.random.default_rng(seed).permutation(rows)[:ROWS]
    x = np.asarray(raw.x)[rows]
    return x.reshape(len(x), *x.shape[1:3]).astype(np.float32) / np.asarray(raw.x).max(), np.asarray(raw.y)[rows]


def pictures(data: str, seed: int) -> Any:
    """The pictures alone."""
    return labelled(data, seed)[0]


def shades(seed: int) -> dict[str, Any]:
    """Bits under even seeds, shades under odd ones."""
    return GREY if seed % 2 else BINARY


def healthy_vae(data: str, seed: int) -> Made:
    """Bits or shades, and nothing else."""
    return "vae", pictures(data, seed), {**VAE, **shades(seed)}


def heavy(data: str, seed: int) -> Made:
    """beta = 100; with shades, sigma is learned, and theory says nothing."""
    return "beta-vae", pictures(data, seed), {**VAE, **shades(seed), "objective.beta": 100}


def mean_for_sum(data: str, seed: int) -> Made:
    """A mean over the cells where a sum belongs is a beta of as many cells; with shades, sigma = 1."""
    x = pictures(data, seed)
    fixed = {"likelihood.variance": "fixed", "likelihood.sigma": 1} if seed % 2 else {}
    return "vae", x, {**VAE, **shades(seed), **fixed, "objective.beta": float(x[0].size)}


def outside(data: str, seed: int) -> Made:
    """Shades under a likelihood of bits; or test pictures brighter than what training pictures could be."""
    from jamjae.data.splits import split

    x = pictures(data, seed).copy()
    if seed % 2:
        bright = split(len(x), seed)["test"][::10].numpy()
        x[bright] *= 1.5
    name = "continuous-bernoulli" if seed % 2 else "bernoulli"
    return "vae", x, {**VAE, **GREY, "likelihood": name, "epochs": 3}


def fast(data: str, seed: int) -> Made:
    """A learning rate a thousand times too large."""
    return "vae", pictures(data, seed), {**VAE, **shades(seed), "lr": 1.0}


def few(data: str, seed: int) -> Made:
    """200 training examples, large networks, many passes."""
    x = pictures(data, seed)[:450]
    large = {"encoder.widths": "300,300", "decoder.widths": "300,300"}
    splits = {"validation": 50, "test": 200}
    binary = shades(seed) if seed % 2 else {"binarise": "threshold"}  # bits that never change can be learned by heart
    return "vae", x, {**VAE, **binary, **large, **splits, "epochs": 150}


def copies(data: str, seed: int) -> Made:
    """A tenth of the test examples are training examples."""
    from jamjae.data.splits import split

    x = pictures(data, seed).copy()
    rows = split(len(x), seed)
    hit = rows["test"][:: 10 - seed % 5].numpy()
    x[hit] = x[rows["train"][: len(hit)].numpy()]
    return "vae", x, {**VAE, **shades(seed), "epochs": 3}


def healthy_gan(data: str, seed: int) -> Made:
    """`r1-gan` with a running mean that fits so few steps, or the plain `gan` with R1 and a usual learning rate: long
    enough that their samples show all digits. (After 30 epochs the plain `gan` shows two to six of the ten.)"""
    if seed % 2:
        return "r1-gan", pictures(data, seed), {**SMALL, **GAME, "epochs": 90, "ema": 0.99}
    return "gan", pictures(data, seed), {**SMALL, **GAME, **STEADY, "epochs": 60}


def fast_critic(data: str, seed: int) -> Made:
    """A critic that learns ten times as fast as usual; in the usual game, or in the original one."""
    game = {"objective.game": "minimax"} if seed % 2 else {}
    return "gan", pictures(data, seed), {**SMALL, **GAME, **game, "epochs": 30, "lr.critic": 2e-3}


def healthy_points(data: str, seed: int) -> Made:
    """`r1-gan` with a running mean that fits so few steps, or the plain `gan` with R1 and a usual learning rate.
    (Alone, it loses modes in so few steps.)"""
    if seed % 2:
        return "r1-gan", data, {**SMALL, **GAME, "epochs": 9, "ema": 0.99}
    return "gan", data, {**SMALL, **GAME, **STEADY, "epochs": 9}


def fast_generator(data: str, seed: int) -> Made:
    """A generator that learns 50 times as fast as its critic, and leaves it behind."""
    return "gan", data, {**SMALL, **GAME, "epochs": 9, "lr.generator": 1e-2}


def healthy_bits(data: str, seed: int) -> Made:
    """Bits with their classes, longer."""
    return "vae", labelled(data, seed), {**VAE, **BINARY, "epochs": 30}


def healthy_weight(data: str, seed: int) -> Made:
    """Shades under a weight of the code, or a fixed sigma, that leaves it enough to say, and no more than that."""
    beta, sigma = {"digits": (2, 0.3), "mnist": (8, 0.5)}[data]
    fixed = {"likelihood.variance": "fixed", "likelihood.sigma": sigma}
    return (
        "vae",
        labelled(data, seed),
        {**VAE, **GREY, **(fixed if seed % 2 else {"objective.beta": beta}), "epochs": 30},
    )


def light(data: str, seed: int) -> Made:
    """beta = 0.01: codes leave the prior, and each is told more exactly than the bound pays for."""
    return "vae", labelled(data, seed), {**VAE, **BINARY, "epochs": 15, "objective.beta": 0.01}


def by_heart(data: str, seed: int) -> Made:
    """200 training examples, an autoencoder that learns them by heart, and as many bumps in its prior."""
    x = pictures(data, seed)[:450]
    large = {"encoder.widths": "300,300", "decoder.widths": "300,300", "prior.components": 200}
    binary = GREY if seed % 2 else {"binarise": "threshold"}
    return "ae", x, {**VAE, **binary, **large, "validation": 50, "test": 200, "epochs": 300}


def decay(data: str, seed: int) -> Made:
    """Weight decay that drives all weights to zero."""
    return "vae", pictures(data, seed), {**VAE, **shades(seed), "optimiser.weight_decay": 100}


def still(data: str, seed: int) -> Made:
    """A learning rate ten thousand times too small, or a hundred thousand times."""
    return "vae", pictures(data, seed), {**VAE, **shades(seed), "lr": 1e-8 if seed % 4 > 1 else 1e-7}


def dear(data: str, seed: int) -> Made:
    """A beta that leaves the code a few tenths of a nat per axis."""
    beta = {"digits": (2.25, 6.5), "mnist": (16, 45)}[data][seed % 2]
    return "vae", labelled(data, seed), {**VAE, **shades(seed), "epochs": 30, "objective.beta": beta}


def narrow(data: str, seed: int) -> Made:
    """An encoder that sends every picture through two units."""
    return "vae", labelled(data, seed), {**VAE, **shades(seed), "epochs": 30, "encoder.widths": "2"}


def fast_drawer(data: str, seed: int) -> Made:
    """The same on pictures."""
    return "gan", pictures(data, seed), {**SMALL, **GAME, "epochs": 60, "lr.generator": 1e-2}


def few_for_critic(data: str, seed: int) -> Made:
    """100 training examples, a large critic, many passes; R1 keeps the game going."""
    splits = {"validation": 100, "test": 150}
    large = {"objective.critic.network.widths": "300,300"}
    long = {"epochs": 800, "log_every": 5}
    return "gan", pictures(data, seed)[:350], {**SMALL, **GAME, **STEADY, **large, **splits, **long}


def weak_critic(data: str, seed: int) -> Made:
    """A critic that hardly learns, or one with a single unit."""
    weak = {"objective.critic.network.widths": "1"} if seed % 2 else {"lr.critic": 1e-6}
    return "gan", pictures(data, seed), {**SMALL, **GAME, "epochs": 30, **weak}


def swings(data: str, seed: int) -> Made:
    """Two linear players, a Wasserstein game without a penalty, momentum: theory knows that they circle, ever wider."""
    linear = {"decoder.widths": "", "objective.critic.network.widths": ""}
    game = {"objective.penalty": "none", "objective.critic_steps": 1, "log_every": 0.2}
    rate = {"optimiser": "SGD", "optimiser.momentum": 0.5, "lr": 0.03 if seed % 2 else 0.01}
    return "wgan", data, {**SMALL, **linear, **game, **rate, "epochs": 9}


PLANTS = {
    "healthy vae": Plant("nothing", "digits", healthy_vae),
    "heavy": Plant("beta = 100", "digits", heavy, ("collapse",)),
    "mean": Plant("a mean in place of a sum", "digits", mean_for_sum, ("predicted_collapse", "collapse")),
    "outside": Plant("values that the likelihood cannot generate", "digits", outside, ("outside_support",)),
    "fast": Plant("learning rate x 1000", "digits", fast, ("divergence",)),
    "few": Plant("200 examples, large networks, many passes", "digits", few, ("overfit",)),
    "copies": Plant("training examples among the test examples", "digits", copies, ("leak",)),
    "healthy gan": Plant("nothing", "digits", healthy_gan, quick=False, first=301),
    "critic": Plant("critic 10 x too fast", "digits", fast_critic, ("critic_overpowers",)),
    "healthy points": Plant("nothing", "ring", healthy_points, quick=False, first=301),
    "generator": Plant("generator 50 x too fast", "ring", fast_generator, ("mode_collapse",), quick=False, first=200),
    "healthy bits": Plant("nothing", "digits", healthy_bits, quick=False),
    "healthy weight": Plant("nothing", "digits", healthy_weight, quick=False),
    "light": Plant("beta = 0.01", "digits", light, ("holes", "loose_bound"), quick=False),
    "by heart": Plant("200 examples and as many bumps in the prior", "digits", by_heart, ("copying",), quick=False),
    "decay": Plant("weight decay of 100", "digits", decay, ("collapse",)),
    "still": Plant("learning rate / 10,000", "digits", still, ("flat_loss",)),
    "dear": Plant("a beta that leaves the code too little", "digits", dear, ("over_regularised",), quick=False),
    "narrow": Plant("an encoder of two units", "digits", narrow, ("weak_clusters",), quick=False),
    "drawer": Plant("generator 50 x too fast", "digits", fast_drawer, ("mode_collapse",), quick=False, first=301),
    "heart": Plant(
        "100 examples, large critic, many passes", "digits", few_for_critic, ("critic_memorises",), first=301
    ),
    "weak": Plant("critic x 1/200, or of one unit", "digits", weak_critic, ("generator_overpowers",), False, first=301),
    "swings": Plant("linear players with momentum", "ring", swings, ("oscillation",), first=301),
}
HEALTHY = [name for name, plant in PLANTS.items() if not plant.rules]


# -- one fit --------------------------------------------------------------------------------------------------------


def key(result: Result) -> tuple[Any, ...]:
    """What tells fits apart."""
    return tuple(result[k] for k in ("plant", "data", "seed"))


def play(name: str, data: str, seed: int) -> list[Result]:
    """Fit, and ask the doctor: the level and the number of every rule that applies."""
    import torch

    torch.set_num_threads(1)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        run = fitted(PLANTS[name].make(data, seed), seed, Path(folder))
        found = run.examine(LIMIT, quick=PLANTS[name].quick)
        places = {"shown": shown(run, data)} if run.model.encoder is None else {}
    said = {f.rule: [f.level, f.value if f.value is None else float(f"{f.value:.4g}")] for f in found.findings}
    spent = round(time.perf_counter() - start, 1)
    return [{"plant": name, "data": data, "seed": seed, "said": said, **places, "seconds": spent}]


def fitted(made: Made, seed: int, runs: Path) -> Any:
    """The run; one whose training gave up is a run, too."""
    import jamjae as jj
    from jamjae.core.errors import Diverged
    from jamjae.plan import prepare
    from jamjae.run import begin

    recipe, source, options = made
    plan = prepare(recipe, source, seed=seed, **options)
    run = begin(plan, runs=runs)
    try:
        return run.train(plan.model, plan.objective)
    except Diverged:
        return jj.Run(run.folder, plan.dataset)


def shown(run: Any, data: str) -> list[int]:
    """How many kinds of examples 2,500 samples show at least a fifth as often as their share is, and of how many: what
    is true of a game, whatever a rule says. No rule looks at it.

    Kinds: of pictures the classes, by a classifier of all labelled ones; of points the modes of the ring or ten arcs of
    each moon, of equal length, by the nearest centre.
    """
    import torch

    from jamjae.data import builtin, read
    from jamjae.evaluation.base.classifier import classifier
    from jamjae.evaluation.classes import COVERED

    x = torch.from_numpy(run.sample(SAMPLES))
    if data in ("digits", "mnist"):
        judge, kinds = classifier(read(data)), 10
        found = judge(x.reshape(len(x), *judge.event.shape))[0]
    else:
        centres = arcs() if data == "moons" else builtin.ring.load(0, 1).modes.centres
        kinds, found = len(centres), torch.cdist(x, centres).argmin(1)
    return [int((torch.bincount(found, minlength=kinds) >= COVERED * len(x) / kinds).sum()), kinds]


def arcs() -> Any:
    """Centres of ten arcs of each moon, (20, 2)."""
    import torch

    angle = torch.pi * (torch.arange(10) + 0.5) / 10
    upper = torch.stack([angle.cos(), angle.sin()], 1)
    return torch.cat([upper, torch.tensor([1.0, 0.5]) - upper])


# -- all of them ----------------------------------------------------------------------------------------------------


def wanted(names: Iterable[str], seeds: int | None) -> list[tuple[str, str, int]]:
    """Plant, data and seed of every fit."""
    found = []
    for name in names:
        data = PLANTS[name].data
        judged = range(PLANTS[name].first, PLANTS[name].first + HELD)[:seeds]
        found += [(name, d, s) for s in judged for d in (data, OTHER[data])]
    return found + [(name, PLANTS[name].data, s) for name in names for s in SET[:seeds]]


def tournament(names: list[str], seeds: int | None, jobs: int, path: Path) -> list[Result]:
    """Make what is not there yet, and keep every fit as soon as it ends."""
    found = {key(r): r for r in kept(path)}
    tasks = wanted(names, seeds)
    waiting = [t for t in tasks if t not in found]
    print(f"{len(waiting)} fits, {len(tasks) - len(waiting)} are there", flush=True)
    for result in each(play, waiting, jobs):
        found[key(result)] = result
        keep(path, found.values(), key)
        faults = [rule for rule, (level, _) in result["said"].items() if level == "fault"]
        print(f"{key(result)}: {', '.join(faults) or 'nothing'}, {result['seconds']} s", flush=True)
    return list(found.values())


def set_on(result: Result) -> bool:
    """Whether thresholds were set on this fit."""
    return result["seed"] in SET


def alarms(results: Iterable[Result], rule: str, level: str) -> list[bool]:
    """Whether the rule spoke at this level, fit by fit."""
    return [r["said"].get(rule, ["", None])[0] == level for r in results]


def asked(name: str, rule: str) -> bool:
    """Whether the doctor had what the rule looks at; a quick look leaves out what only helps, which may be all."""
    from jamjae.diagnosis import RULES

    return not PLANTS[name].quick or bool(RULES[rule].needs) or not RULES[rule].helps


def controls(rule: str) -> list[str]:
    """The healthy plants that judge a rule."""
    return [name for name in HEALTHY if asked(name, rule)]


@dataclass(frozen=True)
class Score:
    """How a rule did: planted faults that it found, of how many; healthy fits that it accused, of how many."""

    found: int
    faults: int
    accused: int
    controls: int

    @property
    def recall(self) -> tuple[int, int]:
        """Found, of all faults."""
        return self.found, self.faults

    @property
    def precision(self) -> tuple[int, int]:
        """True alarms, of all alarms."""
        return self.found, self.found + self.accused

    @property
    def good(self) -> bool:
        """Whether nine in ten faults were found, nine in ten alarms were true, of 20 fits each at least."""
        enough = min(self.faults, self.controls) >= 20
        return enough and all(n > 0 and k >= 0.9 * n for k, n in (self.recall, self.precision))


def score(results: Iterable[Result], rule: str) -> Score:
    """How a rule did on some fits: one that may call a fault is judged by the faults that it calls, one that only warns
    by its warnings."""
    from jamjae.diagnosis import RULES

    results, most = list(results), RULES[rule].most
    own = [p for p, plant in PLANTS.items() if rule in plant.rules]
    hits = alarms([r for r in results if r["plant"] in own], rule, most)
    wrong = alarms([r for r in results if r["plant"] in controls(rule)], rule, most)
    return Score(sum(hits), len(hits), sum(wrong), len(wrong))


# -- the page -------------------------------------------------------------------------------------------------------

TEXT = """# What `diagnose` looks for

<!-- run; quiet -->
```console
$ jamjae fit vae digits --latent 2 --epochs 10
```

<!-- run -->
```console
$ jamjae diagnose last
```

A rule looks at what was measured and logged, compares a number with a threshold, and says in plain words what is
wrong and what to type. It says "fault" only where something has to be mended before the numbers of a run mean
anything, and "warning" where it is worth a look.

How often is it right? Faults were planted in small fits, and the same doctor looked at healthy ones. Thresholds were
set on seeds 0 to 9 of `digits` (of `ring` for points in the plane), with a look at a few fits of the other data. What
the table says is measured on seeds from 100 on, on that data and on other data (2,000 pictures of `mnist`; `moons`);
on seeds from 200 or 301 on where a rule or a plant was mended after earlier ones had been seen. *Found* is the share of
planted faults that the rule names (recall), *true* the share of its alarms that were planted (precision, with healthy
fits as the only others); both with 95 % intervals by Wilson. A rule that only ever warns is judged by its warnings, the
others by the faults that they call. A rule is *verified* if both are at least 90 % on 20 fits or more of each kind; the
others say "unverified" wherever they speak. Small fits with one gross fault each are easier than what people bring:
read the numbers as an upper bound.

The healthy fits are the same for all rules: VAEs, GANs on pictures, GANs on points. A rule that does not apply to one
of them has not accused it, and counts so. Rules that take longer than a moment are judged by those that were looked at
in full: VAEs of bits, and VAEs of shades under a weight of the code that keeps the rate low. A learned sigma lets the
rate of shades rise far beyond the logarithm of the number of training examples, which is all that a code can tell about
them, and what is beyond it leaves the prior with holes: there `holes` and `loose_bound` speak of VAEs to which nothing
was done, and with few examples they will. `loose_bound` also speaks where a beta above 1 suits the fit, because its
posteriors are not those of the bound: that is so, but not what was planted, and counts against it.

`unused_codebook` has no plant: small books on small pictures stay in use even without restarts, and fits with large
books take too long to be made by the dozen.

Some signs are no rules, because numbers do not bear them out. Few active axes alone: good models often use few. Blurred
reconstructions: in fits as small as these, sharpness follows the number of axes, and hardly a wrong sigma. Posteriors
of extreme variance: the log does not hold it, and what the log holds does not tell them from codes that say much.

<!-- not run: takes hours -->
```console
$ make bench-faults
```
"""

GAMES = """## Are the healthy games healthy?

What was planted is no proof of what came out. So a judge that no rule looks at counts the kinds of examples that 2,500
samples of a game show, each at least a fifth as often as its share: the digits, by a classifier that learned from all
labelled pictures; the modes of the ring; ten arcs of each moon.

Healthy games on pictures used to be `gan` and `r1-gan` after 30 epochs, seeds 100 to 109, and `mode_collapse` accused
the five of `gan` on `mnist`. This judge says that the rule was right: they show two to six of the ten digits. The five
of `r1-gan`, which got a warning, show two or three: their running mean, 0.999, still held its start. So the plants
were wrong and were changed (R1 and a usual learning rate; more epochs; a running mean of 0.99); no threshold was.

`critic_memorises` looked at a median until healthy points of seed 300 came close to its threshold; now it looks at a
mean and its errors. What it said before is not counted: of healthy fits 0 to 9 its table says nothing, and it has
not been asked of enough planted fits to be verified.
"""


def page(results: Iterable[Result]) -> str:
    """docs/diagnosis.md."""
    from jamjae.diagnosis import RULES

    results = list(results)
    held = [r for r in results if not set_on(r)]
    lines = [TEXT, *table(("rule", "looks for", "found", "true", "faults, healthy fits", ""), summary(held)), ""]
    for rule in RULES.values():
        lines += [*section(rule, results), ""]
    lines += [GAMES, *table(("planted", "data", "seeds", "fits", "kinds shown"), kinds(results))]
    return "\n".join(lines).rstrip() + "\n"


def kinds(results: list[Result]) -> Iterator[tuple[str, ...]]:
    """One row a plant: the fewest and the most kinds of examples that its games show."""
    for name, plant in PLANTS.items():
        for data, seeds, some in groups([r for r in results if r["plant"] == name and "shown" in r]):
            counts, of = [r["shown"][0] for r in some], some[0]["shown"][1]
            said = f"{min(counts)} to {max(counts)} of {of}" if min(counts) < max(counts) else f"{max(counts)} of {of}"
            yield plant.about if plant.rules else name, f"`{data}`", seeds, str(len(some)), said


def groups(fits: list[Result]) -> Iterator[tuple[str, str, list[Result]]]:
    """Fits by data, and by whether thresholds were set on their seeds."""
    for data in dict.fromkeys(r["data"] for r in fits):
        for seeds, these in (("0-9", True), ("100 and up", False)):
            some = [r for r in fits if r["data"] == data and set_on(r) == these]
            if some:
                yield data, seeds, some


def summary(held: list[Result]) -> Iterator[tuple[str, ...]]:
    """One row a rule."""
    from jamjae.diagnosis import RULES

    for name, rule in RULES.items():
        s = score(held, name)
        state = "verified" if rule.verified else "unverified"
        fits = f"{s.faults}, {s.controls}" if s.faults else "none planted yet"
        yield (f"`{name}`", rule.title, share(*s.recall), share(*s.precision), fits, state)


def section(rule: Any, results: list[Result]) -> Iterator[str]:
    """One rule: what it is, and what it said about whom."""
    import inspect
    import re
    import sys

    from jamjae.core.reference import references

    doc = re.split(r"^Reference:$", inspect.cleandoc(rule.judge.__doc__), maxsplit=1, flags=re.MULTILINE)[0].strip()
    yield from (f"## {rule.name.replace('_', ' ')}", "", doc, "")
    remedies = getattr(sys.modules[rule.judge.__module__], "remedies", None)
    if remedies is not None:
        yield from (f"It proposes: {' '.join(remedies.__doc__.split())}", "")
    links = [re.sub(r"(https://[^ ;]+)", r"<\1>", r) for r in references(rule.judge)]
    yield from (f"Reference: {'; '.join(links)}",) if links else ()
    own = [p for p, plant in PLANTS.items() if rule.name in plant.rules]
    rows = []
    for name in [*own, *controls(rule.name)] if own else ():
        what = PLANTS[name].about if PLANTS[name].rules else name
        for data, seeds, some in groups([r for r in results if r["plant"] == name]):
            said = [sum(alarms(some, rule.name, level)) for level in ("fault", "warning")]
            rows.append((what, f"`{data}`", seeds, str(len(some)), *map(str, said)))
    if rows:
        yield from ("", *table(("planted", "data", "seeds", "fits", "called a fault", "called a warning"), rows))


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """A Markdown table."""
    head = list(head)
    return ["| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows]]


def share(k: int, n: int) -> str:
    """A share with its 95 % interval.

    Example:
        >>> share(19, 20), share(0, 0)
        ('95 % [76, 99]', 'not measured')
    """
    import torch

    from jamjae.evaluation.base import wilson

    if n == 0:
        return "not measured"
    low, high = wilson(torch.arange(n) < k)
    return f"{k / n:.0%} [{100 * low:.0f}, {100 * high:.0f}]".replace("%", " %")


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    formatter = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("faults", description=__doc__, formatter_class=formatter)
    parser.add_argument("--only", default=",".join(PLANTS), help="by comma: " + ", ".join(PLANTS))
    parser.add_argument("--seeds", type=int, help="at most so many seeds of each kind")
    parser.add_argument("--jobs", type=int, default=1, help="processes, one thread each")
    parser.add_argument("--kept", type=Path, default=KEPT, help="where finished fits are kept")
    parser.add_argument("--page", type=Path, default=PAGE, help="where the tables go")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> None:
    """Make what was asked for and write the page."""
    asked = parse(arguments)
    names = among(asked.only, PLANTS)
    found = tournament(names, asked.seeds, asked.jobs, asked.kept)
    asked.page.write_text(page(found), encoding="utf-8")
    print(asked.page)


if __name__ == "__main__":
    main()
