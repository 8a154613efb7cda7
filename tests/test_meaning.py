"""Where a number has no meaning there is none: every metric and every family, against a table made by hand."""

import pytest

import jamjae as jj
from jamjae.evaluation import METRICS

LIKELIHOOD = {"elbo", "iwae", "ais", "amortisation"}  # needs p(x | z) and a density of codes
DENSITY = {"rate", "kl_per_axis", "active_units", "surgery"}  # needs codes with a density
CODES = {"aggregate", "holes"}  # needs codes that are numbers
FACTORS = {"mig", "sap", "modularity", "dci", "factor_score"}  # needs data made from known factors
MODES = {"modes", "high_quality"}  # needs data with modes in known places
CLASSES = {"classes", "confidence"}  # needs a classifier, and no modes in known places
TOKENS = {"accuracy"}  # needs text
COLUMNS = {"marginals", "pairs"}  # needs columns with a meaning of their own
TOLD = {"utility"}  # needs a model that is told labels
ENCODER = {"distortion", "generalisation", "shuffle", "reconstruction", "knn", "probe", "clusters", "trustworthiness"}

NO_MEANING = {
    ("ae", "digits"): LIKELIHOOD | DENSITY | FACTORS | MODES,
    ("vae", "digits"): FACTORS | MODES,
    ("bernoulli-vae", "digits"): {"ais", "amortisation"} | FACTORS | MODES,  # they move codes little by little
    ("hvae", "digits"): {"amortisation", "kl_per_axis", "active_units"} | FACTORS | MODES,
    ("flow-vae", "moons"): {"kl_per_axis"} | FACTORS | MODES,
    ("vq-vae", "digits"): {"ais", "amortisation", "continuity"} | CODES | DENSITY - {"rate"} | FACTORS | MODES,
    ("aae", "digits"): LIKELIHOOD | DENSITY | FACTORS | MODES,
    ("gan", "digits"): LIKELIHOOD | DENSITY | CODES | ENCODER | FACTORS | MODES,
    ("gan", "ring"): LIKELIHOOD | DENSITY | CODES | ENCODER | FACTORS | CLASSES,
}
LEARNED = {"continuity", "completeness"}  # a model that has hardly learned may have no ways, no samples near the data


@pytest.mark.parametrize("case", NO_MEANING, ids=" on ".join)
def test_a_number_exactly_where_it_has_a_meaning(case, tmp_path):
    recipe, data = case
    run = jj.fit(recipe, data, epochs=1, runs=tmp_path)
    found = run.evaluate(samples=5, limit=300, full=True)
    assert set(found) == set(METRICS)
    empty = {name for name, m in found.items() if m.value is None}
    expected = NO_MEANING[case] | TOKENS | TOLD | (COLUMNS if data == "digits" else set())
    assert empty - LEARNED == expected - LEARNED
    assert empty >= expected
    assert all(found[name].reason for name in empty)
