"""Statistics against exact references; the rule of evidence; what is refused; the claims' three outcomes."""

from dataclasses import replace
from itertools import product

import pytest
import torch
from scipy import stats

from jamjae.comparison import Arm, Difference, over_examples, over_seeds, side_by_side
from jamjae.comparison.claims import FAILS, HOLDS, LATENT, OPEN, SAMPLES
from jamjae.comparison.meaning import Ground, incomparable
from jamjae.comparison.verdict import doubt, judged
from jamjae.core import UsageError
from jamjae.evaluation import METRICS, Measurement

VAE = {
    "recipe": "vae",
    "objective": {"name": "elbo", "beta": 1.0},
    "data": {"name": "toy", "source": "toy.npy", "fingerprint": "f", "binarise": "none", "event": {"kind": "image"}},
    "model": {
        "prior": {"name": "gaussian"},
        "likelihood": {"name": "bernoulli"},
        "encoder": {"name": "mlp"},
        "posterior": {"name": "gaussian"},
        "condition": None,
    },
}
AE = {
    **VAE,
    "recipe": "ae",
    "objective": {"name": "reconstruction", "corruption": None, "regulariser": None},
    "model": {**VAE["model"], "prior": {"name": "mixture"}, "posterior": {"name": "delta"}},
}
GAN = {
    **VAE,
    "recipe": "gan",
    "objective": {"name": "adversarial"},
    "model": {**VAE["model"], "encoder": None, "posterior": None, "likelihood": {"name": "point"}},
}


def arm(spec, title=None, learning="", **values):
    """An arm with planted values by seed: lists of numbers (None: undefined), or of measurements."""
    count = len(next(iter(values.values())))
    seeds = {seed: {name: planted(name, found[seed]) for name, found in values.items()} for seed in range(count)}
    title = title or spec["recipe"]
    return Arm(title, spec, {seed: f"{title}-{seed + 1:03d}" for seed in seeds}, seeds, learning)


def planted(name, value):
    if isinstance(value, Measurement):
        return value
    return Measurement(name, value, n=10, reason="made so" if value is None else "")


def compared(*arms):
    return side_by_side(arms)


# -- statistics --------------------------------------------------------------------------------------------------------


def test_the_interval_over_seeds_is_students():
    one, other = [1.3, 2.1, 0.4, 1.9, 2.2], [1.0, 1.1, 0.9, 1.2, 0.3]
    found = over_seeds(dict(enumerate(one)), dict(enumerate(other)))
    exact = stats.ttest_rel(one, other).confidence_interval(0.95)
    assert found.pairs == 5 and found.interval == pytest.approx((exact.low, exact.high), rel=1e-12)
    assert found.value == pytest.approx((exact.low + exact.high) / 2)


def test_two_pairs_by_hand():
    found = over_seeds({0: 1.0, 1: 3.0}, {0: 0.0, 1: 1.0})  # differences 1 and 2: s = 1 / sqrt(2), t_1 = tan(0.475 pi)
    half = 12.706204736 * 0.5
    assert found.interval == pytest.approx((1.5 - half, 1.5 + half))


def test_only_seeds_that_both_have_are_paired():
    found = over_seeds({0: 1.0, 1: 3.0, 7: 100.0}, {0: 0.0, 1: 1.0, 8: -100.0})
    assert found.pairs == 2 and found.value == 1.5
    assert over_seeds({0: 1.0}, {1: 1.0}).value is None


def test_agreement_of_all_seeds_is_no_certainty():
    found = over_seeds(
        {s: 0.1 + 0.2 + s for s in range(5)}, {s: 0.3 + s - 1 for s in range(5)}
    )  # equal but for rounding
    assert found.interval is None and found.reason == "all seeds agree" and found.value == pytest.approx(1.0)
    assert judged(found, "higher", doubt(found)) == ("not shown", "all seeds agree")


def test_the_interval_over_examples_agrees_with_the_normal_one():
    generator = torch.Generator().manual_seed(0)
    one, shift = torch.randn(2000, generator=generator), torch.randn(2000, generator=generator)
    found = over_examples(one + 0.2 + 0.5 * shift, one)  # paired: the spread of `one` must not count
    mean, error = 0.2 + 0.5 * shift.mean().item(), 0.5 * shift.std().item() / 2000**0.5
    assert found.value == pytest.approx(mean, abs=1e-6) and found.pairs == 2000
    assert found.interval == pytest.approx((mean - 1.96 * error, mean + 1.96 * error), abs=0.4 * error)


def test_examples_that_are_not_the_same_have_no_difference():
    assert over_examples(torch.ones(5), torch.ones(6)).value is None


def test_the_bootstrap_leaves_the_callers_random_state():
    before = torch.get_rng_state()
    first = over_examples(torch.arange(9.0), torch.zeros(9))
    assert torch.equal(torch.get_rng_state(), before) and over_examples(torch.arange(9.0), torch.zeros(9)) == first


# -- the rule of evidence ----------------------------------------------------------------------------------------------


def verdict(one, other, metric="coverage"):
    return compared(arm(AE, **{metric: other}), arm(VAE, **{metric: one})).rows[0].against[0]


FAR, NEAR = [2.0, 2.1, 2.2, 2.3, 2.1], [1.0, 1.2, 1.1, 1.0, 1.3]


def test_better_and_worse_take_five_seeds_and_an_interval_without_zero():
    assert verdict(FAR, NEAR).verdict == "better" and verdict(NEAR, FAR).verdict == "worse"
    assert verdict(FAR, NEAR, "reconstruction").verdict == "worse", "less is better there"


@pytest.mark.parametrize("seeds", [2, 3, 4])
def test_fewer_than_five_seeds_never_show_anything(seeds):
    found = verdict(FAR[:seeds], NEAR[:seeds])
    assert found.verdict == "not shown" and found.difference.pairs == seeds
    clear = Difference(100.0, (99.0, 101.0), seeds)
    assert judged(clear, "higher", doubt(clear)) == ("not shown", f"{seeds} seeds: it takes at least 5 on each side")


def test_overlap_never_shows_anything():
    found = verdict([1.0, 3.0, 0.5, 2.5, 1.4], [2.0, 1.0, 1.5, 1.2, 2.2])
    low, high = found.difference.interval
    assert low < 0 < high and found.verdict == "not shown" and "holds 0" in found.why


def test_one_run_each_never_shows_anything():
    one, other = (Measurement("reconstruction", v, n=50, each=torch.full((50,), v)) for v in (1.0, 5.0))
    one = replace(one, each=one.each + torch.rand(50) / 10)
    found = verdict([one], [other], "reconstruction")
    assert found.difference.over == "test examples" and found.difference.interval[1] < 0
    assert found.verdict == "not shown" and "another one may differ by more" in found.why
    assert any(
        "another training run may differ by more" in text
        for text in compared(arm(AE, reconstruction=[other]), arm(VAE, reconstruction=[one])).remarks
    )


def test_one_run_each_of_what_is_no_mean_over_examples_has_no_interval():
    found = verdict([0.9], [0.5])
    assert found.difference.value == pytest.approx(0.4) and found.difference.interval is None
    assert found.verdict == "not shown" and "only more seeds" in found.why


def test_a_number_without_a_better_side_has_no_winner():
    found = verdict(FAR, NEAR, "diversity")
    assert found.difference.sign == 1 and found.verdict == "not shown" and "neither good nor bad" in found.why


def test_undefined_stays_undefined_with_its_reason():
    found = verdict([None] * 5, FAR)
    assert found.verdict == "undefined" and found.why == "vae: made so" and found.difference.value is None


def test_seeds_that_are_left_over_show_nothing():
    found = verdict([*FAR, None], [*NEAR, 1.0])
    assert found.difference.pairs == 5 and found.verdict == "not shown" and "a choice" in found.why


def test_values_by_different_extractors_are_not_compared():
    by = {e: Measurement("coverage", 1.0, n=100, details={"extractor": e}) for e in ("whitened", "classifier")}
    found = verdict([by["whitened"]] * 5, [by["classifier"]] * 5)
    assert found.verdict == "not comparable" and "classifier, n = 100 and whitened, n = 100" in found.why
    fewer = replace(by["whitened"], n=50)
    assert verdict([by["whitened"]] * 5, [fewer] * 5).verdict == "not comparable"


# -- what has no meaning -----------------------------------------------------------------------------------------------

NATS = [name for name, m in METRICS.items() if m.unit == "nats"]
GROUND = Ground("f", "bernoulli", "none", "", True)


def test_the_numbers_that_depend_on_the_likelihood():
    assert {"elbo", "iwae", "ais", "distortion", "rate"} <= set(NATS)


@pytest.mark.parametrize("name", NATS)
@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"likelihood": "gaussian"}, "gaussian"),
        ({"binarise": "stochastic"}, "binarised"),
        ({"condition": "label"}, "labels"),
    ],
)
def test_nats_are_compared_only_on_the_same_ground(name, change, word):
    assert word in incomparable(METRICS[name], GROUND, replace(GROUND, **change))
    assert incomparable(METRICS[name], GROUND, GROUND) == ""


def test_samples_of_pictures_are_compared_whatever_the_likelihood():
    others = [
        replace(GROUND, **c) for c in ({"likelihood": "point"}, {"binarise": "stochastic"}, {"condition": "label"})
    ]
    assert [incomparable(METRICS["kid"], GROUND, other) for other in others] == ["", "", ""]
    assert "binarised" in incomparable(METRICS["reconstruction"], GROUND, others[1])
    vector = replace(GROUND, image=False)
    assert "binarised" in incomparable(METRICS["kid"], vector, replace(vector, binarise="threshold"))


def test_a_verdict_says_not_comparable():
    gaussian = {**VAE, "model": {**VAE["model"], "likelihood": {"name": "gaussian", "sigma": 1.0}}}
    found = compared(arm(VAE, elbo=FAR, kid=FAR), arm(gaussian, "other", elbo=NEAR, kid=NEAR))
    elbo, kid = (row.against[0] for row in found.rows)
    assert elbo.verdict == "not comparable" and elbo.why.endswith("gaussian (sigma 1.0) and bernoulli")
    assert kid.verdict == "better" and elbo.difference.value is None


def about(**changes):
    return {**VAE, "data": {**VAE["data"], **changes}}


@pytest.mark.parametrize(
    ("other", "word"), [(about(fingerprint="g"), "different data"), (about(test=0.3), "different splits")]
)
def test_other_data_and_other_splits_are_refused_by_name(other, word):
    with pytest.raises(UsageError, match=f"vae-001 and other-001 .*{word}"):
        compared(arm(VAE, elbo=FAR), arm(other, "other", elbo=NEAR))


def test_generated_data_are_the_same_by_name_and_files_are_not():
    ring = [about(source="ring", name="ring", fingerprint=f) for f in "fg"]
    assert compared(arm(ring[0], kid=FAR), arm(ring[1], "other", kid=NEAR)).rows[0].against[0].verdict == "better"


def test_without_a_common_seed_nothing_is_compared():
    one, other = arm(VAE, elbo=[1.0]), arm(AE, elbo=[1.0, 2.0])
    other = replace(other, runs={1: "b"}, measured={1: other.measured[1]})
    with pytest.raises(UsageError, match="no seed in common"):
        compared(one, other)


# -- the claims of lecture notes ---------------------------------------------------------------------------------------

CLOSE = [1.5, 0.5, 1.2, 0.9, 1.1]


def outcome(continuity, completeness):
    """The claim on latent spaces for a VAE with these values against an autoencoder with values around 1."""
    ae = arm(AE, learning="fitted to the codes afterwards", continuity=NEAR, completeness=NEAR, coverage=NEAR)
    vae = arm(VAE, continuity=continuity, completeness=completeness, coverage=FAR)
    [claim] = compared(ae, vae).claims
    assert claim.text == LATENT and "mixture prior fitted to the codes afterwards" in claim.tested
    return claim


LOW = [0.1, 0.2, 0.15, 0.1, 0.3]


@pytest.mark.parametrize(("one", "two"), list(product(["up", "down", "open"], repeat=2)))
def test_the_claim_holds_fails_or_stays_open(one, two):
    values = {"up": FAR, "down": LOW, "open": CLOSE}
    said = {"up": HOLDS, "down": FAILS, "open": OPEN}
    claim = outcome(values[one], values[two])
    first, second, beside = claim.findings
    assert (first.outcome, second.outcome, beside.outcome) == (said[one], said[two], HOLDS)
    whole = FAILS if "down" in (one, two) else HOLDS if (one, two) == ("up", "up") else OPEN
    assert claim.outcome == whole
    assert first.against.difference.interval is not None and first.cells[1].value == pytest.approx(1.12)


def test_a_claim_on_four_seeds_is_not_shown():
    ae, vae = arm(AE, continuity=NEAR[:4], completeness=NEAR[:4]), arm(VAE, continuity=FAR[:4], completeness=FAR[:4])
    [claim] = compared(ae, vae).claims
    assert claim.outcome == OPEN and all("at least 5" in f.why for f in claim.findings)


def test_a_claim_that_was_half_measured_is_not_shown():
    [claim] = compared(arm(AE, continuity=NEAR), arm(VAE, continuity=FAR)).claims
    assert claim.findings[0].outcome == HOLDS and claim.outcome == OPEN


def test_a_claim_needs_the_models_that_it_speaks_of():
    denoising = {**AE, "objective": {**AE["objective"], "corruption": {"name": "gaussian"}}}
    free = {**VAE, "objective": {"name": "elbo", "beta": 0.0}}
    for one, other in ((denoising, VAE), (AE, free), (AE, AE), (VAE, VAE)):
        arms = arm(one, "one", continuity=NEAR, completeness=NEAR), arm(other, "two", continuity=FAR, completeness=FAR)
        assert compared(*arms).claims == ()


@pytest.mark.parametrize(
    ("varied", "faithful", "whole"), [(FAR, LOW, HOLDS), (LOW, LOW, FAILS), (FAR, FAR, FAILS), (CLOSE, LOW, OPEN)]
)
def test_varied_and_sharp_against_faithful(varied, faithful, whole):
    names = ("coverage", "diversity", "confidence")
    gan = arm(GAN, completeness=faithful, **dict.fromkeys(names, varied))
    vae = arm(VAE, completeness=NEAR, **dict.fromkeys(names, NEAR))
    [claim] = compared(vae, gan).claims
    assert claim.text == SAMPLES and claim.outcome == whole
    assert [f.one for f in claim.findings] == ["gan", "gan", "gan", "vae"]


def test_the_text_fits_a_hundred_columns_and_says_all():
    long = "a-recipe-with-quite-a-long-name, objective.beta 4"
    ae = arm(AE, learning="fitted to the codes afterwards", continuity=NEAR, completeness=NEAR, elbo=[None] * 5)
    vae = arm(VAE, long, continuity=FAR, completeness=CLOSE, elbo=FAR)
    found = compared(ae, vae)
    text = str(found)
    assert max(map(len, text.splitlines())) <= 100
    assert "better" in text and "ae undefined: made so" in " ".join(text.split()) and "“A VAE's latent space" in text
    plain = found.to_json()
    assert plain["metrics"][0]["against"][0]["why"] and plain["claims"][0]["outcome"] == OPEN
    assert plain["arms"][1]["values"]["elbo"] == {str(s): v for s, v in enumerate(FAR)}
