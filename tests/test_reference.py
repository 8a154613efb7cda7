"""References come from docstrings, each once, with the parts that rest on it."""

from types import SimpleNamespace

import pytest

import jamjae as jj
from jamjae.core.catalogue import families, members
from jamjae.core.errors import UsageError
from jamjae.core.reference import cite, references, section
from jamjae.models import LatentModel
from jamjae.objectives import ELBO, IWAE
from jamjae.priors import Gaussian


def test_a_section_ends_where_the_indentation_ends():
    doc = """A part.

    Reference:
        One (2001), Title
        on two lines. https://example.org/1;
        Two (2002), Title. https://example.org/2

    Arguments:
        x: No reference.
    """
    assert section(doc, "Arguments") == "x: No reference."
    assert "two lines" in section(doc, "Reference") and "No reference" not in section(doc, "Reference")
    assert section(doc, "Example") == "" == section(None, "Example")


def test_several_references_are_separate_and_on_one_line():
    found = references(ELBO)
    assert len(found) == 3 and all("\n" not in r for r in found)
    assert all(r.split()[-1].startswith("https://") for r in found)


def test_a_model_cites_its_parts_once_each():
    model = next(LatentModel.examples())
    lines = cite(model, ELBO()).splitlines()
    assert len(lines) == len({line.partition(": ")[2] for line in lines})
    kingma = next(line for line in lines if line.endswith("https://arxiv.org/abs/1312.6114"))
    assert {"gaussian", "latent-model", "elbo"} <= set(kingma.partition(": ")[0].split(", "))
    assert any(line.startswith("mlp: Rumelhart") for line in lines)


def test_a_run_is_cited_by_its_model_and_objective():
    run = SimpleNamespace(model=Gaussian((2,)), spec={"objective": IWAE().spec()})
    assert cite(run) == cite(Gaussian((2,)), IWAE())
    assert "iwae: Burda" in cite(run)


def test_other_things_are_refused_with_what_to_pass():
    with pytest.raises(UsageError, match=r"`cite` needs a run, a model or a part; got 'vae'"):
        cite("vae")


def test_the_package_offers_cite():
    assert jj.cite is cite


# A part without a paper behind it says so here, with the reason.
WITHOUT = {"constant": "the factor 1"}


@pytest.mark.parametrize(
    "part",
    [c for family in families().values() for c in members(family).values() if c.__module__.startswith("jamjae.")],
    ids=lambda c: f"{c.__module__.split('.')[1]}-{c.name()}",
)
def test_every_part_has_a_reference_with_an_address(part):
    found = references(part)
    assert bool(found) != (part.name() in WITHOUT), f"{part.__name__}: docstring section `Reference:`"
    assert all("https://" in r for r in found)
