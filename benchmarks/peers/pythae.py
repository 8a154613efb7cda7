"""pythae, the closest relative: many autoencoders behind one interface."""

import tempfile
from importlib.metadata import distribution
from inspect import signature
from math import isfinite
from typing import Any, get_args, get_type_hints

import torch

from benchmarks.peers import migration, sources
from benchmarks.peers import pythae_numbers as numbers
from benchmarks.peers import pythae_training as training
from benchmarks.peers.base import Found, Peer

LACKING = ("HVAE", "RHVAE", "SVAE", "PoincareVAE", "MSSSIM_VAE", "VAE_LinNF", "RAE_L2", "RAE_GP", "PIWAE", "CIWAE")


def likelihoods() -> Found:
    """What the data is can be told in two ways, `mse` (a Gaussian of variance 1) and `bce`; there are no likelihoods
    for counts, categories, skewed columns or learned noise."""
    from pythae.models import VAEConfig

    known = get_args(get_type_hints(VAEConfig)["reconstruction_loss"])
    try:
        VAEConfig(input_dim=(4,), latent_dim=2, reconstruction_loss="poisson")
        refused = "poisson was taken"
    except Exception as error:
        refused = f"poisson raises {type(error).__name__}"
    return Found(set(known) == {"bce", "mse"} and "raises" in refused, f"allowed: {', '.join(known)}; {refused}")


def no_labels() -> Found:
    """No model is told a label and no sampler takes one, although data sets hold them."""
    import pythae.samplers as samplers

    read = {"labels", "label"} & sources.texts("pythae.models")
    every = [getattr(samplers, name) for name in samplers.__all__ if name.endswith("Sampler")]
    asked = {p for kind in every for p in signature(kind.sample).parameters if p in ("y", "label", "labels")}
    return Found(
        not read and not asked,
        f"0 reads of `labels` in pythae.models; none of {len(every)} samplers has such an argument",
        "read",
    )


def no_metrics() -> Found:
    """It has no metric of samples or codes: no Frechet or kernel distance, no precision and recall, no mutual
    information gap, no active units."""
    words = ("fid", "kid", "frechet", "precision_recall", "mutual_info", "mig", "active_unit")
    every = sources.names("pythae")
    found = [name for name in every if any(f"_{word}_" in f"_{name}_" for word in words)]
    return Found(not found, f"{len(found)} of {len(every)} classes and functions", "read")


def no_figures() -> Found:
    """It draws no figure."""
    drawn = {"matplotlib", "seaborn", "plotly"} & sources.imports("pythae")
    return Found(not drawn, f"{len(drawn)} imports of matplotlib, seaborn or plotly", "read")


def no_commands() -> Found:
    """It has no command line."""
    found = [e.name for e in distribution("pythae").entry_points if e.group == "console_scripts"]
    return Found(not found, "0 console scripts in its metadata", "read")


def strict_samplers() -> Found:
    """Samplers that are fitted refuse data whose largest value is below 1, or whose smallest is negative, with the
    words `must in the range [0-1]`."""
    from pythae.samplers import GaussianMixtureSampler

    said = {}
    for name, x in {"[0, 0.9]": training.data().data * 0.9, "[-1, 1]": training.data().data * 2 - 1}.items():
        try:
            GaussianMixtureSampler(model=training.vae()).fit(x)
            said[name] = "taken"
        except AssertionError as error:
            said[name] = f"refused, {error}"
    return Found(all("refused" in text for text in said.values()), "; ".join(f"{n} {t}" for n, t in said.items()))


def models() -> Found:
    """It has 25 autoencoders; this project lacks the Hamiltonian, Riemannian, hyperspherical, Poincare and structural
    similarity VAEs, linear-flow posteriors, the regularised autoencoders (RAE), PIWAE and CIWAE among them."""
    import pythae.models as theirs

    every = [n for n in theirs.__all__ if not n.endswith(("Config", "AutoModel", "BaseAE"))]
    losses = {}
    for kind in LACKING:
        torch.manual_seed(0)
        config = getattr(theirs, f"{kind}Config", None) or getattr(theirs, f"{kind}_Config")
        model = getattr(theirs, kind)(config(input_dim=(1, 32, 32), latent_dim=3))
        losses[kind] = float(model({"data": torch.rand(4, 1, 32, 32)}, epoch=1, dataset_size=4).loss)
    figures = f"{len(every)} classes; one loss each of " + ", ".join(f"{n} {v:.3g}" for n, v in losses.items())
    return Found(len(every) == 25 and all(map(isfinite, losses.values())), figures)


def samplers() -> Found:
    """It has 10 samplers, most of which are fitted to the codes after training (a mixture of Gaussians, flows, a
    second VAE); here the prior is chosen before training, and only autoencoders get theirs, a mixture, afterwards."""
    import pythae.samplers as theirs

    every = [n for n in theirs.__all__ if n.endswith("Sampler") and n != "BaseSampler"]
    with tempfile.TemporaryDirectory() as folder:
        trainer = training.trainer(folder, training.vae())
        trainer.train()
    config = theirs.GaussianMixtureSamplerConfig(n_components=3)
    sampler: Any = theirs.GaussianMixtureSampler(model=trainer.model, sampler_config=config)
    sampler.fit(training.data().data)
    shape = tuple(sampler.sample(5, batch_size=5, return_gen=True).shape)
    figures = f"{len(every)} classes; a mixture of 3, fitted to the codes of a trained VAE, drew pictures {shape}"
    return Found(len(every) == 10 and shape == (5, 1, 8, 8), figures)


def flows() -> Found:
    """It fits normalising flows and autoregressive models as models of their own (MADE, MAF, IAF, planar, radial,
    PixelCNN); here a flow is only a prior or a posterior."""
    import pythae.models.normalizing_flows as theirs

    every = [n for n in theirs.__all__ if not n.endswith(("Config", "BaseNF", "NFModel"))]
    torch.manual_seed(0)
    normal = torch.distributions.MultivariateNormal(torch.zeros(4), torch.eye(4))
    model = theirs.NFModel(normal, theirs.MAF(theirs.MAFConfig(input_dim=(4,))))
    loss = float(model({"data": torch.randn(200, 4)}).loss)
    figures = f"{', '.join(every)}; the loss of a MAF over 200 rows of 4 is {loss:.0f}"
    return Found(len(every) == 6 and isfinite(loss), figures)


def distributed() -> Found:
    """It trains on several processes and graphics cards (DistributedDataParallel); here training is one process."""
    wraps = len(sources.calls("pythae.trainers", "DDP"))
    return Found(wraps > 0, f"calls of it in pythae.trainers: {wraps}", "read")


def trackers() -> Found:
    """It logs to Weights & Biases, MLflow and Comet, and pushes models to the Hugging Face hub."""
    from pythae.models import BaseAE
    from pythae.trainers import training_callbacks

    kinds = ("WandbCallback", "MLFlowCallback", "CometCallback")
    there = [kind for kind in kinds if hasattr(training_callbacks, kind)]
    return Found(len(there) == 3 and hasattr(BaseAE, "push_to_hf_hub"), f"{', '.join(there)}; push_to_hf_hub", "read")


PEER = Peer(
    title="pythae",
    package="pythae",
    url="https://github.com/clementchadebec/benchmark_VAE",
    choose="many autoencoders behind one interface; curved latent spaces; samplers fitted after training; normalising "
    "flows as models; several graphics cards; experiment trackers.",
    here="Every loss is in nats per example, and its parts add up to it ([recipes](catalogue/recipes.md)); what is "
    "measured has an interval and a baseline ([metrics](metrics.md)); a run resumes to the bit and is loaded without "
    "a pickle ([reliability](reliability.md)). How fast both train, and estimate log p(x): [speed](speed.md). For "
    "those who come from it: [from pythae](pythae.md).",
    differs=(
        numbers.iwae_value,
        numbers.nll_draws,
        numbers.nll_sign,
        numbers.random_codes,
        numbers.scales,
        likelihoods,
        no_labels,
        training.no_resume,
        training.no_amp,
        training.totals_logged,
        training.no_stopping,
        training.pickled_networks,
        strict_samplers,
        no_metrics,
        no_figures,
        no_commands,
        migration.its_example,
        migration.its_names,
    ),
    ahead=(models, samplers, flows, distributed, trackers),
)
