"""Maximum likelihood by hand: the laws against SciPy, and the mark that is dragged."""

import re

import numpy as np
import pytest
from scipy import stats

RNG = np.random.default_rng(0)
LAWS = {
    "gaussian": (RNG.normal(1, 2, 50), [0.3, 1.7], lambda x, m, s: stats.norm.logpdf(x, m, s), stats.norm.fit),
    "laplace": (RNG.laplace(1, 2, 51), [0.3, 1.7], lambda x, m, b: stats.laplace.logpdf(x, m, b), stats.laplace.fit),
    "bernoulli": (RNG.integers(0, 2, 50), [0.3], lambda x, p: stats.bernoulli.logpmf(x, p), lambda x: [x.mean()]),
    "poisson": (RNG.poisson(3, 50), [2.5], lambda x, rate: stats.poisson.logpmf(x, rate), lambda x: [x.mean()]),
    "exponential": (
        RNG.exponential(3, 50),
        [2.5],
        lambda x, m: stats.expon.logpdf(x, scale=m),
        lambda x: stats.expon.fit(x, floc=0)[1:],
    ),
    "log-normal": (
        RNG.lognormal(1, 0.5, 50),
        [0.8, 0.7],
        lambda x, m, s: stats.lognorm.logpdf(x, s, scale=np.exp(m)),
        lambda x: [np.log(x).mean(), np.log(x).std()],
    ),
}
ASK = """async ([law, x, parameters]) => {
  const { LAWS, total } = await import("/asset/laws.js");
  return [x.map((v) => LAWS[law].log(v, parameters)), LAWS[law].best(x), total(law, x, parameters), Object.keys(LAWS)];
}"""


@pytest.mark.parametrize("law", LAWS)
def test_a_law_is_scipys(vae, law):
    x, parameters, log, best = LAWS[law]
    found, top, total, names = vae.page.evaluate(ASK, [law, x.tolist(), parameters])
    np.testing.assert_allclose(found, log(x, *parameters), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(top, best(x), rtol=1e-6)
    assert total == pytest.approx(log(x, *parameters).mean())
    assert set(names) == set(LAWS)


@pytest.mark.parametrize("law", ["exponential", "log-normal"])
def test_nothing_is_likely_below_zero(vae, law):
    assert vae.page.evaluate(ASK, [law, [-1.0], LAWS[law][1]])[0] == [-np.inf]


@pytest.mark.parametrize("count", [0, 1, 5, 30, 200])
def test_large_counts_have_an_exact_factorial(vae, count):
    found = vae.page.evaluate(ASK, ["poisson", [count], [20.0]])[0][0]
    assert found == pytest.approx(stats.poisson.logpmf(count, 20.0), rel=1e-9)


def said(page):
    """The log-likelihood now, and the highest."""
    found = re.search(r"log-likelihood (\S+) nats per value; the highest is (\S+)\.$", page.text("#tools p.sub"))
    return found and tuple(float(v.replace(",", "")) for v in found.groups())


@pytest.fixture
def hand(vae):
    """The page with the tool open and values loaded."""
    vae.tool("axes")
    vae.tool("likelihood")
    vae.until(lambda: said(vae))
    return vae


def test_the_numbers_are_numpys(hand, fitted):
    run = fitted("vae")
    x = run.subject().train[0].numpy()[:, 4, 4, 0]  # the middle cell is the first that is shown
    hand("#tools select").select_option("gaussian")
    hand("#tools button").get_by_text("Go to the maximum").click()
    hand.until(lambda: said(hand)[0] == said(hand)[1])
    assert said(hand)[1] == pytest.approx(stats.norm.logpdf(x, x.mean(), x.std()).mean(), abs=1e-3)
    text = hand.text("#tools p.sub")
    assert float(text.split("μ = ")[1].split(",")[0]) == pytest.approx(x.mean(), abs=6e-3)
    assert float(text.split("σ = ")[1].split(":")[0]) == pytest.approx(x.std(), abs=6e-3)


@pytest.mark.parametrize(
    "law", ["gaussian", *(pytest.param(law, marks=pytest.mark.slow) for law in ("laplace", "exponential"))]
)
def test_dragging_climbs_and_the_button_ends_at_the_top(hand, law):
    if law not in hand("#tools select option").evaluate_all("all => all.map((o) => o.value)"):
        pytest.fail(f"{law} is not offered for these values")
    hand("#tools select").select_option(law)
    hand.until(lambda: said(hand) and said(hand)[0] < said(hand)[1])
    first = said(hand)[0]
    hand.drag([(0.9, 0.5), (0.75, 0.5), (0.6, 0.5), (0.5, 0.5)], "#tools .chart")
    reached = hand.settled(lambda: said(hand))[0]
    assert reached > first
    hand("#tools button").get_by_text("Go to the maximum").click()
    hand.until(lambda: said(hand)[0] == said(hand)[1])
    assert said(hand)[0] >= reached


def test_another_cell(hand):
    before = said(hand)
    hand("#tools input[type=number]").first.fill("0")
    hand("#tools input[type=number]").first.press("Enter")
    hand.until(lambda: said(hand) and said(hand) != before)
