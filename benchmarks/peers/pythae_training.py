"""What pythae's trainer keeps and says, on 64 random pictures of 8 x 8."""

import json
import pickle
import tempfile
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import torch

from benchmarks.peers import sources
from benchmarks.peers.base import Found
from benchmarks.peers.trap import Trap


def data() -> Any:
    """Random pictures."""
    from pythae.data.datasets import BaseDataset

    torch.manual_seed(0)
    return BaseDataset(torch.rand(64, 1, 8, 8).round(decimals=1), torch.zeros(64))  # 0 and 1 are among them


def vae(loss: str = "mse", **networks: Any) -> Any:
    """Of two axes."""
    from pythae.models import VAE, VAEConfig

    return VAE(VAEConfig(input_dim=(1, 8, 8), latent_dim=2, reconstruction_loss=loss), **networks)


def trainer(folder: str, model: Any, callbacks: list[Any] | None = None, **options: Any) -> Any:
    """For two epochs on the processor."""
    from pythae.trainers import BaseTrainer, BaseTrainerConfig

    config = BaseTrainerConfig(output_dir=folder, num_epochs=2, **{"no_cuda": True, **options})
    return BaseTrainer(model, data(), eval_dataset=data(), training_config=config, callbacks=callbacks)


def no_resume() -> Found:
    """Training cannot be resumed: a checkpoint holds weights and optimiser, but neither the epoch nor random states,
    and no trainer reads it back."""
    with tempfile.TemporaryDirectory() as folder:
        trainer(folder, vae(), steps_saving=1).train()
        checkpoint = next(Path(folder).rglob("checkpoint_epoch_1"))
        held = sorted(path.name for path in checkpoint.iterdir())
        text = "".join(path.read_text() for path in checkpoint.glob("*.json"))
        counted = {"epoch", "rng_state"} & set(json.loads((checkpoint / "training_config.json").read_text()))
    loads = sources.calls("pythae.trainers", "torch.load")
    resumes = {name for name in sources.names("pythae.trainers") if "resume" in name}
    figures = f"the checkpoint: {', '.join(held)}; calls of torch.load in pythae.trainers: {len(loads)}"
    return Found("optimizer.pt" in held and not counted and not loads and not resumes and "rng" not in text, figures)


def no_amp() -> Found:
    """Mixed precision is switched off without a word when the reconstruction loss is `bce`."""
    with tempfile.TemporaryDirectory() as folder:
        used = {loss: trainer(folder, vae(loss), amp=True, no_cuda=False).amp_context for loss in ("mse", "bce")}
    figures = "amp=True gives " + ", ".join(f"{loss}: {type(c).__name__}" for loss, c in used.items())
    return Found(isinstance(used["mse"], torch.autocast) and isinstance(used["bce"], nullcontext), figures)


def totals_logged() -> Found:
    """Only the total is logged: reconstruction and KL of an epoch are computed and dropped."""
    from pythae.trainers.training_callbacks import TrainingCallback

    seen: set[str] = set()

    class Listener(TrainingCallback):  # type: ignore[misc]
        def on_log(self, config: Any, logs: dict[str, float], **_: Any) -> None:
            seen.update(logs)

    with tempfile.TemporaryDirectory() as folder:
        trainer(folder, vae(), [Listener()]).train()
    return Found(seen == {"train_epoch_loss", "eval_epoch_loss"}, f"logged: {', '.join(sorted(seen))}")


def no_stopping() -> Found:
    """The trainer has no early stopping, no clipping of gradients and no accumulation of them."""
    from dataclasses import fields

    from pythae.trainers import BaseTrainerConfig

    options = [field.name for field in fields(BaseTrainerConfig)]
    found = [name for name in options if any(word in name for word in ("patience", "stop", "clip", "accum"))]
    clips = [name for name in sources.names("pythae.trainers") if "clip" in name or "early" in name]
    clips += sources.calls("pythae.trainers", "torch.nn.utils.clip_grad_norm_")
    return Found(not found and not clips, f"none among the {len(options)} options of BaseTrainerConfig", "read")


def pickled_networks() -> Found:
    """Networks of one's own are saved by cloudpickle, so that loading somebody's model runs somebody's code."""
    from pythae.models import AutoModel
    from pythae.models.nn.default_architectures import Decoder_AE_MLP

    with tempfile.TemporaryDirectory() as name:
        folder, proof = Path(name), Path(name) / "ran"
        vae(decoder=Decoder_AE_MLP(vae().model_config)).save(name)
        held = sorted(path.name for path in folder.glob("*.pkl"))
        (folder / "decoder.pkl").write_bytes(pickle.dumps(Trap(proof)))
        with suppress(Exception):  # what it makes of the trap's result is of no interest
            AutoModel.load_from_folder(name)
        ran = proof.exists()
    return Found(held == ["decoder.pkl"] and ran, f"saved: {held[0]}; a file put in its place ran when it was loaded")
