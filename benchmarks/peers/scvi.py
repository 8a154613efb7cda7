"""scvi-tools: models of single cells. Its source is read, not run: it needs some twenty packages that nothing else
here needs."""

import ast
from importlib.metadata import requires

from benchmarks.peers import sources
from benchmarks.peers.base import Found, Peer


def literals(annotation: str) -> list[str]:
    """The choices of `Literal[...]`."""
    return [n.value for n in ast.walk(ast.parse(annotation)) if isinstance(n, ast.Constant)]


def annotated_data() -> Found:
    """Data come as an AnnData object, registered with `setup_anndata` (or, marked experimental, a Lightning data
    module): an array has to be wrapped first, and the package brings scanpy, Lightning and Pyro along."""
    adata = sources.parameters("scvi.model._scvi", "SCVI", "__init__")["adata"]
    needed = [line for line in requires("scvi-tools") or () if "extra ==" not in line]
    brought = [n for n in ("anndata", "scanpy", "lightning", "pyro-ppl") if any(line.startswith(n) for line in needed)]
    figures = f"SCVI(adata: {adata}); {len(needed)} packages required, {', '.join(brought)} among them"
    return Found(adata == "AnnData | None" and len(brought) == 4, figures, "read")


def unsafe_load() -> Found:
    """A saved model is loaded with `weights_only=False`, so that somebody's file may run somebody's code."""
    loads = sources.calls("scvi.model.base", "torch.load")
    unsafe = [call for call in loads if "weights_only=False" in call]
    return Found(0 < len(unsafe) == len(loads), f"{len(unsafe)} of {len(loads)} calls of torch.load", "read")


def one_field() -> Found:
    """Its models are those of one field: none is named for a GAN, for pictures, sounds or sentences."""
    every = sources.heirs("scvi", "BaseModelClass")
    found = sorted(n for n in every if any(word in n.lower() for word in ("gan", "image", "audio", "text", "conv")))
    return Found(len(every) > 20 and not found, f"{len(found)} of {len(every)} models", "read")


def many_models() -> Found:
    """It has more than 20 models of single-cell data; this project has none."""
    every = {name for name in sources.heirs("scvi", "BaseModelClass") if "Base" not in name}
    return Found(len(every) > 20, f"{len(every)} classes below BaseModelClass", "read")


def counts() -> Found:
    """Counts may be zero-inflated: `gene_likelihood` is zinb, nb, poisson or normal, and the dispersion may differ by
    gene, batch, label or cell; here counts are Poisson or negative binomial."""
    given = sources.parameters("scvi.model._scvi", "SCVI", "__init__")
    known, dispersion = literals(given["gene_likelihood"]), literals(given["dispersion"])
    figures = f"gene_likelihood: {', '.join(known)}; dispersion: {', '.join(dispersion)}"
    return Found(set(known) == {"zinb", "nb", "poisson", "normal"} and len(dispersion) == 4, figures, "read")


def covariates() -> Found:
    """A model is told about batches and about any number of categorical and continuous covariates, and takes new
    batches later (scArches); here a model is told one label."""
    given = sources.parameters("scvi.model._scvi", "SCVI", "setup_anndata")
    asked = ("batch_key", "labels_key", "categorical_covariate_keys", "continuous_covariate_keys")
    surgery = "load_query_data" in sources.names("scvi.model.base")
    found = [name for name in asked if name in given]
    return Found(len(found) == 4 and surgery, f"{', '.join(found)}; load_query_data", "read")


def marginal() -> Found:
    """It bounds log p(x) by importance samples, has a schedule for the KL, early stopping, posterior predictive checks
    and tests of which genes differ between groups; the last two are not here."""
    wanted = {"get_marginal_ll", "differential_expression", "posteriorpredictivecheck", "_compute_kl_weight"}
    found = wanted & sources.names("scvi")
    return Found(found == wanted, ", ".join(sorted(found)), "read")


def hub() -> Found:
    """It tunes settings with Ray, and shares models with cards on the Hugging Face hub."""
    found = {"run_autotune", "push_to_huggingface_hub", "pull_from_huggingface_hub"} & sources.names("scvi")
    return Found(len(found) == 3 and "ray" in sources.imports("scvi"), ", ".join(sorted(found)), "read")


PEER = Peer(
    title="scvi-tools",
    package="scvi-tools",
    url="https://github.com/scverse/scvi-tools",
    choose="single-cell data: models, likelihoods and tests made for them, and correction for batches.",
    here="Arrays, tables, text, pictures, series and recordings are read as they come ([tables](tables.md), "
    "[pictures](pictures.md), [audio](audio.md), [text](text.md)). Counts may be Poisson or negative binomial, not "
    "zero-inflated ([likelihoods](catalogue/likelihoods.md)).",
    differs=(annotated_data, unsafe_load, one_field),
    ahead=(many_models, counts, covariates, marginal, hub),
)
