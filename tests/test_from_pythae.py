"""docs/pythae.md: the names on our side exist, the blocks run, and the table of scales is right."""

import gc
import math
import re
from pathlib import Path

import pytest
import torch

import jamjae as jj
from jamjae.cli.commands import __path__ as commands
from jamjae.core.errors import UsageError
from jamjae.core.event import Event
from jamjae.likelihoods import Bernoulli, Gaussian
from jamjae.plan import prepare
from jamjae.recipes import RECIPES
from jamjae.run import Run

PAGE = (Path(__file__).parents[1] / "docs/pythae.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"<!-- run -->\n```python\n(.*?)```", PAGE, re.DOTALL)
CELLS = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| `")]
OURS = sorted({name for _, ours, *_ in CELLS for name in re.findall(r"`([^`]+)`", ours)})
CHOICES = [name for name in OURS if name.split()[0] in RECIPES]
OPTIONS = [name for name in OURS if name.startswith("--")]
NAMES = [name for name in OURS if name not in (*CHOICES, *OPTIONS, "metrics.jsonl")]


def options(text):
    """`--objective.beta 4` as Python takes it."""
    words = text.split()
    return {k.removeprefix("--").replace("-", "_"): v for k, v in zip(words[::2], words[1::2], strict=True)}


def planned(text):
    """What `jamjae fit TEXT` would do, on the digits."""
    recipe, _, rest = text.partition(" ")
    return prepare(recipe, "digits", **options(rest))


@pytest.mark.parametrize("text", [text for text in CHOICES if " " in text])
def test_every_option_of_a_recipe_exists(text):
    assert planned(text).recipe == text.split()[0]


def test_every_option_of_the_fit_exists():
    plan = planned(f"vae {' '.join(OPTIONS)}")
    assert (plan.settings.epochs, plan.settings.batch_size, plan.settings.optimiser) == (100, 64, "AdamW")
    assert len(OPTIONS) > 10 and len(CHOICES) > 15


def test_an_option_that_does_not_exist_would_be_seen():
    with pytest.raises(UsageError, match="bita"):
        planned("beta-vae --objective.bita 4")


@pytest.mark.parametrize("name", NAMES)
def test_every_other_name_exists(name):
    """`jamjae` verbs, functions of `jj`, methods of a run."""
    head, rest = re.match(r"(jamjae|jj|run)[ .](\w+)", name).groups()
    if head == "jamjae":
        assert rest in {path.stem for path in Path(commands[0]).glob("*.py")}
    else:
        assert rest == "rows" or hasattr({"jj": jj, "run": Run}[head], rest)


def test_models_that_are_said_to_have_no_counterpart_have_none():
    """And the recipes that share a name with another model of pythae are named as others."""
    none = [theirs for theirs, ours, *_ in CELLS if ours == "none"]
    assert {"`HVAE`", "`MIWAE`"} <= set(none) and {"hvae", "miwae"} <= set(RECIPES)
    missing = {"rhvae", "svae", "poincare-vae", "msssim-vae", "rae-l2", "piwae", "ciwae"}
    assert missing & set(RECIPES) == set()


def test_the_blocks_run(tmp_path, monkeypatch, capsys):
    """With one epoch and ten draws."""
    monkeypatch.chdir(tmp_path)
    for code in BLOCKS:
        code = re.sub(r'("epochs": |epochs=)\d+', r"\g<1>1", code).replace("samples=1000", "samples=10")
        exec(code, {"__name__": "page"})
    out = capsys.readouterr().out
    assert len(BLOCKS) == 3 and out.count("'iwae': ") == 2 and "Gated(" in out
    gc.collect()  # the network of the last block is in the catalogue for as long as its class exists


@pytest.mark.slow
def test_the_figures_are_those_of_the_page(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    fixed, fitted = {}, {}
    exec(BLOCKS[0], fixed)
    exec(BLOCKS[1], fitted)
    said = {name: round(measured.value, 1) for name, measured in fixed["found"].items()}
    assert said == pytest.approx({"elbo": -61.2, "iwae": -61.2, "rate": 0.0}, abs=0.15)
    said = {name: round(measured.value, 1) for name, measured in fitted["found"].items()}
    assert said == pytest.approx({"iwae": 24.8, "rate": 10.4}, abs=0.5)
    assert "61.2" in PAGE and "24.8" in PAGE and "10.4" in PAGE


# -- scales -----------------------------------------------------------------------------------------------------------

D, B, W = 7, 3.0, 0.2


@pytest.mark.parametrize(
    ("sigma", "factor", "constant", "share"),
    [
        (1.0, 1.0, math.log(2 * math.pi), 1 / 2),
        (math.sqrt(B), B, math.log(2 * math.pi * B), 1 / 2),
        (math.sqrt(1 / 2), 1.0, math.log(math.pi), 1.0),
        (math.sqrt(W * D / 2), W, math.log(math.pi * W * D), 1 / D),
    ],
    ids=["S/2", "S/2 with b", "S", "S/D"],
)
def test_the_table_of_scales(sigma, factor, constant, share):
    """factor * (-log p - D/2 constant) is that share of the squared error, so with the KL it has the same optimum."""
    torch.manual_seed(0)
    likelihood = Gaussian(Event((D,)), "fixed", sigma=sigma)
    x, h = torch.randn(5, D), torch.randn(5, D, 1)
    p = likelihood(h)
    squared = (x - p.mean).square().sum(1)
    torch.testing.assert_close(factor * (-p.log_prob(x) - D / 2 * constant), share * squared)


def test_cross_entropy_is_the_likelihood_of_bits():
    torch.manual_seed(0)
    likelihood = Bernoulli(Event((D,), levels=2))
    x, h = torch.randint(0, 2, (5, D)).float(), torch.randn(5, D, 1)
    p = likelihood(h)
    theirs = torch.nn.functional.binary_cross_entropy(p.mean, x, reduction="none").sum(1)
    torch.testing.assert_close(-p.log_prob(x), theirs)
