"""The Python verbs: fit, load, and everything that a run can do."""

import json

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

import jamjae as jj
from jamjae.core.errors import Damaged, DataError, Undefined, UsageError
from jamjae.plan import by_kind, prepare, slug
from jamjae.training.display import Display

SMALL = {"latent": 2, "epochs": 1, "encoder__widths": "8", "decoder__widths": "8"}
random = np.random.default_rng(0)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return jj.fit("vae", "digits", runs=tmp_path_factory.mktemp("runs"), **SMALL)


def test_the_folder_holds_what_it_promises(run):
    names = {p.name for p in run.folder.iterdir()}
    assert {"spec.json", "weights.safetensors", "result.json", "checkpoints", "metrics.jsonl", "README.md"} <= names
    assert run.spec["format"] == 1 and run.spec["recipe"] == "vae" and run.spec["latent"] == [2]
    assert run.spec["versions"]["torch"] == torch.__version__ and run.spec["routing"]
    assert run.result["reason"] == "done" and run.outcome.step == run.result["step"] == 10
    assert "jamjae evaluate" in (run.folder / "README.md").read_text()


def test_load_gives_the_same_model_back(run):
    z = random.normal(size=(5, 2))
    for again in (jj.load(run.folder), jj.load("last", runs=run.folder.parent)):
        assert np.array_equal(again.decode(z), run.decode(z))
        assert again.dataset.fingerprint == run.dataset.fingerprint


def test_runs_are_numbered_and_never_overwritten(tmp_path):
    first, second = (jj.fit("ae", "digits", runs=tmp_path, **{**SMALL, "epochs": 0.1}) for _ in range(2))
    assert [r.folder.name for r in (first, second)] == ["digits-ae-001", "digits-ae-002"]


def test_the_same_seed_gives_the_same_weights(tmp_path):
    options = {**SMALL, "epochs": 0.5}
    a, b, c = (jj.fit("vae", "digits", seed=s, runs=tmp_path, **options) for s in (1, 1, 2))
    assert a.result["weights_sha256"] == b.result["weights_sha256"] != c.result["weights_sha256"]


def test_fit_leaves_the_callers_randomness_and_threads_alone(tmp_path):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    threads = torch.get_num_threads()
    jj.fit("vae", "digits", threads=threads + 1, runs=tmp_path, **{**SMALL, "epochs": 0.1}).sample(3)
    assert torch.equal(torch.rand(3), expected)
    assert torch.get_num_threads() == threads


# -- what a run can do -------------------------------------------------------------------------------------------------


def test_sample(run):
    x = run.sample(7)
    assert x.shape == (7, 8, 8, 1) and (x > 0).all() and (x < 1).all()
    assert np.array_equal(x, run.sample(7)) and not np.array_equal(x, run.sample(7, seed=1))
    assert set(np.unique(run.sample(7, noise=True))) == {0.0, 1.0}
    with pytest.raises(UsageError, match="`n`"):
        run.sample(0)


def test_encode_takes_what_read_takes(run):
    pictures = np.zeros((3, 8, 8), np.uint8)
    pictures[:, 2:5] = 16  # the digits count from 0 to 16
    codes = run.encode(pictures)
    assert codes.shape == (3, 2) and np.allclose(codes, codes[0])
    assert np.array_equal(run.encode(pictures[..., None] / 16.0), codes)
    assert np.array_equal(run.encode(torch.from_numpy(pictures)), codes)
    means, deviations = run.encode(pictures, deviation=True)
    assert np.array_equal(means, codes) and (deviations > 0).all()
    with pytest.raises(DataError, match="shape"):
        run.encode(np.zeros((3, 5, 5)))
    with pytest.raises(DataError, match="Scale the examples"):
        run.encode(np.full((3, 8, 8), 255, np.uint8))


def test_codes_of_the_own_data_have_its_labels(run):
    codes, labels = run.codes()
    assert codes.shape == (1797, 2) and labels[:4] == ["0", "1", "2", "3"]
    assert np.array_equal(run.codes("digits")[0].shape, codes.shape)


def test_decode(run):
    assert run.decode([[0.0, 0.0]]).shape == (1, 8, 8, 1)
    for wrong in ([0.0, 0.0], [[0.0]], np.zeros((1, 2, 1))):
        with pytest.raises(UsageError, match="`z` must have shape"):
            run.decode(wrong)


def test_reconstruct_is_decode_of_encode(run):
    x = (random.random((4, 8, 8, 1)) > 0.5).astype(np.float32)
    assert np.allclose(run.reconstruct(x), run.decode(run.encode(x)), atol=1e-6)


def test_interpolate_begins_and_ends_at_the_examples(run):
    x, copies = run.pairs(limit=2)
    between = run.interpolate(0, 1, steps=5)
    assert between.shape == (5, 8, 8, 1) and x.shape == (2, 8, 8, 1)
    assert np.allclose(between[[0, -1]], copies, atol=1e-6)
    with pytest.raises(UsageError, match="`b` must be a test example"):
        run.interpolate(0, 359)


def test_evaluate_writes_what_it_finds(run):
    found = run.evaluate(["rate", "elbo"], samples=5, limit=50)
    kept = json.loads((run.folder / "evaluation.json").read_text())
    assert list(found) == ["elbo", "rate"] and kept["rate"]["value"] == found["rate"].value
    run.evaluate(["knn"], limit=50)
    assert {"elbo", "rate", "knn"} <= set(json.loads((run.folder / "evaluation.json").read_text()))


def test_evaluation_does_not_change_the_run(run):
    before = {k: v.clone() for k, v in run.model.state_dict().items()}
    x = run.sample(2)
    run.evaluate(["iwae"], samples=5, limit=20)
    assert all(torch.equal(v, before[k]) for k, v in run.model.state_dict().items())
    assert np.array_equal(run.sample(2), x)


def test_report(run, tmp_path):
    own = run.report(samples=5, limit=50)
    assert own == run.folder / "report.html" and own.stat().st_size > 10_000
    both = run.report(tmp_path / "b.html", run, samples=5, limit=50)
    assert run.folder.name in both.read_text(encoding="utf-8")
    kept = json.loads((run.folder / "evaluation.json").read_text())
    assert set(kept) >= set(jj.evaluation.usual()), "what was missing has been measured"


def test_new_weights_void_old_measurements(tmp_path):
    run = jj.fit("vae", "digits", runs=tmp_path, **{**SMALL, "epochs": 0.2})
    run.evaluate(["rate"], limit=20)
    run.resume()
    assert (run.folder / "evaluation.json").is_file(), "nothing has changed"
    run.resume(epochs=0.4)
    assert not (run.folder / "evaluation.json").is_file()


def test_resume_goes_on_as_if_never_stopped(tmp_path):
    whole = jj.fit("vae", "digits", runs=tmp_path, **{**SMALL, "epochs": 2})
    part = jj.fit("vae", "digits", runs=tmp_path, **{**SMALL, "epochs": 1}).resume(epochs=2)
    assert part.result["weights_sha256"] == whole.result["weights_sha256"]
    assert part.settings.epochs == 2 and jj.load(part.folder).spec["settings"]["epochs"] == 2


def test_what_cannot_change_under_way(run):
    with pytest.raises(UsageError, match="`batch_size` cannot change"):
        run.resume(batch_size=3)
    assert jj.load(run.folder).spec["settings"]["batch_size"] == 128


def test_resume_warns_when_the_process_multiplies_otherwise(tmp_path):
    class Heard(Display):
        said = ""

        def warn(self, text):
            self.said += text

    run = jj.fit("vae", "digits", runs=tmp_path, **{**SMALL, "epochs": 0.2})
    run.resume(heard := Heard())
    assert not heard.said
    run.spec["routing"] = "another"
    run.resume(heard)
    assert "last bits" in heard.said


# -- data of one's own -------------------------------------------------------------------------------------------------


def test_an_array_with_labels_that_are_korean_words(tmp_path):
    x = random.normal(size=(60, 3)).astype(np.float32)
    y = np.array(["고양이", "강아지", "새"])[random.integers(3, size=60)]
    run = jj.fit("vae", (x, y), name="동물", runs=tmp_path / "실험", **SMALL)
    assert run.folder.name == "동물-001"
    assert set(run.codes()[1]) == {"고양이", "강아지", "새"}
    assert run.sample(2).shape == (2, 3)
    again = jj.load(run.folder)
    with pytest.raises(UsageError, match="pass it again"):
        again.evaluate()
    with pytest.raises(DataError, match="has changed"):
        jj.load(run.folder, (x + 1, y))
    assert jj.load(run.folder, (x, y)).evaluate(["rate"])["rate"].value is not None


def test_a_file_with_a_korean_name(tmp_path):
    path = tmp_path / "내 숫자.npy"
    np.save(path, random.random((40, 5, 4)))
    run = jj.fit("ae", path, runs=tmp_path, **SMALL)
    assert run.folder.name == "내-숫자-ae-001" and jj.load(run.folder).reconstruct(path).shape == (40, 5, 4, 1)


@pytest.mark.parametrize(
    ("name", "slugged"), [("a b.npy", "a-b"), ("/x/한글.npz", "한글"), ("\u1112\u1161\u11ab", "한"), ("...", "data")]
)
def test_names_of_data_become_names_of_folders(name, slugged):
    assert slug(name) == slugged


def test_the_source_is_not_changed(tmp_path):
    x = random.normal(size=(40, 3))
    before = x.copy()
    jj.fit("vae", x, runs=tmp_path, **SMALL)
    assert np.array_equal(x, before)


# -- options -----------------------------------------------------------------------------------------------------------


def test_parts_as_names_mappings_and_objects_are_the_same():
    ways = [
        {"prior": "mixture", "prior__components": 4, "latent": 2},
        {"prior.components": "4", "prior": "mixture", "latent": (2,)},
        {"prior": {"name": "mixture", "components": 4}, "latent": "2"},
        {"prior": jj.priors.Mixture((2,), components=4)},
    ]
    specs = [prepare("vae", "digits", **way).model.spec() for way in ways]
    assert specs[0]["prior"]["components"] == 4 and specs[0]["prior"]["latent"] == [2]
    assert all(s == specs[0] for s in specs)


def test_objects_bring_their_options_and_the_data_their_sizes(tmp_path):
    schedule = jj.schedules.Linear(steps=5)
    run = jj.fit(
        "vae",
        "digits",
        encoder=jj.networks.MLP(widths=(8,)),
        decoder=jj.networks.MLP(widths=(8,)),
        prior=jj.priors.Mixture((2,), components=4),
        objective=jj.objectives.ELBO(beta=2.0, schedule=schedule),
        epochs=0.2,
        runs=tmp_path,
    )
    assert run.spec["objective"] == jj.objectives.ELBO(beta=2.0, schedule=schedule).spec()
    assert run.spec["latent"] == [2] and run.spec["model"]["encoder"]["inputs"] == [8, 8, 1]
    assert jj.load(run.folder).sample(2).shape == (2, 8, 8, 1)
    again = jj.fit(like=run, epochs=0.1, runs=tmp_path)
    assert again.spec["model"] == run.spec["model"] and again.spec["objective"] == run.spec["objective"]


def test_an_object_of_another_width_is_refused():
    with pytest.raises(UsageError, match=r"`prior` must have the latent shape \(3,\)"):
        prepare("vae", "digits", latent=3, prior=jj.priors.Mixture((2,), components=4))


def test_counts_and_shares_of_splits():
    assert by_kind({"validation": "100", "test": "0.25"})["data"] == {"validation": 100, "test": 0.25}
    plan = prepare("vae", "digits", validation="100", test=50)
    assert [len(plan.dataset.rows(s)) for s in ("train", "validation", "test")] == [1647, 100, 50]


def test_without_a_validation_split_all_but_the_test_examples_train(tmp_path):
    run = jj.fit("vae", "digits", validation=0, runs=tmp_path, **SMALL)
    assert [len(run.dataset.rows(name)) for name in ("train", "validation", "test")] == [1438, 0, 359]
    assert [row["validation"] for row in run.rows if row["event"] == "row"] == [{}]
    assert run.evaluate(["elbo"], limit=50)["elbo"].n == 50 and run.examine(50, quick=True).findings
    with pytest.raises(UsageError, match="`validation` must hold examples"):
        run.score("digits")
    with pytest.raises(UsageError, match="`patience` must be 0 without a validation split"):
        run.resume(patience=2, epochs=2)
    assert jj.load(run.folder).resume(epochs=2).outcome.reason == "done"


def test_small_data_gets_enough_steps():
    assert prepare("vae", "digits").steps >= 3000
    assert prepare("vae", "digits", epochs=2).steps == 20


WRONG = [
    ({"epoch": 3}, "did you mean 'epochs'"),
    ({"prior": "gausian"}, "did you mean 'gaussian'"),
    ({"prior__components": 3}, "unknown option of gaussian 'components'"),
    ({"latent": 0}, "at least one axis"),
    ({"latent": "two"}, "`latent`"),
    ({"binarise": "yes"}, "unknown binarisation"),
    ({"device": "cuda:99"}, "`device` 'cuda:99' is not there"),
    ({"optimiser": "Adm"}, "did you mean 'Adam'"),
    ({"optimiser__betas": "much"}, "optimiser.betas"),
]


@pytest.mark.parametrize(("options", "hint"), WRONG, ids=str)
def test_wrong_options_are_refused_before_anything_is_written(options, hint, tmp_path):
    with pytest.raises(UsageError, match=hint):
        jj.fit("vae", "digits", runs=tmp_path, **options)
    assert not list(tmp_path.iterdir())


def test_a_likelihood_without_density_warns(tmp_path):
    with pytest.warns(UserWarning, match="nothing it prints is a likelihood"):
        jj.fit("vae", "digits", binarise="none", likelihood="bernoulli", runs=tmp_path, **{**SMALL, "epochs": 0.1})


def test_an_autoencoder_samples_from_a_prior_fitted_to_its_codes(tmp_path):
    run = jj.fit("ae", "digits", runs=tmp_path, **SMALL)
    assert run.sample(3).shape == (3, 8, 8, 1)
    assert run.evaluate(["elbo"], limit=20)["elbo"].value is None


def test_an_unfinished_run_uses_its_newest_checkpoint(tmp_path):
    run = jj.fit("vae", "digits", runs=tmp_path, **{**SMALL, "epochs": 0.5})
    x = run.sample(3)
    for name in ("result.json", "weights.safetensors"):
        (run.folder / name).unlink()
    assert np.array_equal(jj.load(run.folder).sample(3), x)


def test_weights_that_are_not_those_recorded_are_refused(tmp_path):
    run = jj.fit("vae", "digits", runs=tmp_path, **{**SMALL, "epochs": 0.1})
    path = run.folder / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(Damaged, match="SHA-256"):
        jj.load(run.folder).sample(1)


def test_verbs_are_attributes_of_the_package():
    for _ in range(2):  # a module of the same name would take the verb's place after the first import
        assert all(callable(getattr(jj, name)) for name in ("fit", "load", "check", "cite", "Run", "Check"))
    with pytest.raises(AttributeError, match="fti"):
        jj.fti  # noqa: B018
    assert "fit" in dir(jj)


def test_cite_takes_a_run(run):
    assert "Kingma and Welling" in jj.cite(run)


def test_a_model_that_only_generates_searches_for_codes(run):
    model = jj.models.LatentModel(run.model.prior, run.model.decoder, run.model.likelihood)
    half = jj.Run(run.folder)
    half.__dict__["model"] = model
    assert half.encode(np.zeros((1, 8, 8, 1))).shape == (1, 2) and half.errors.shape == (1,)
    with pytest.raises(Undefined, match="only generates"):
        half.encode(np.zeros((1, 8, 8, 1)), deviation=True)


def test_whole_numbers_are_scaled_as_the_data_was(tmp_path):
    run = jj.fit("ae", "digits", latent=2, epochs=1, binarise="none", runs=tmp_path)
    counts = load_digits().images.astype(int)  # 0 to 16; the model has seen them as 0 to 1
    assert np.array_equal(run.encode(counts), run.encode("digits"))
