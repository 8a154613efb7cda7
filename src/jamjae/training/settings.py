"""How to train: everything that is not the model, the objective or the data."""

from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal

from ..core.catalogue import convert
from ..core.errors import require, unknown

Device = str


@dataclass(frozen=True)
class Settings:
    """Options of a fit; saved with the run, so that `resume` goes on under the same ones.

    Arguments:
        epochs: Passes over the training split, > 0; a fraction stops within a pass.
        batch_size: Examples a step, at least 1.
        seed: Every draw is a function of (seed, player, step).
        lr: Learning rate at its highest, > 0.
        player_lr: Learning rates of single players, each > 0, e.g. {"critic": 4e-4}; the others have `lr`.
        lr_schedule: "constant", "linear" (falls to 0) or "cosine" (falls to 0) over the whole run.
        optimiser: Any class of torch.optim by name.
        optimiser_options: Its further arguments, e.g. {"eps": 1e-4}.
        clip: Largest norm of the gradient; 0 for no clipping.
        ema: Decay of the running mean of the weights that is used after training; 0 for none.
        patience: Stop when the validation loss has not improved for so many epochs, and keep the best weights; 0 to
            never stop.
        precision: "float32" or "bf16" (autocast; weights and densities stay in float32).
        compile: Compile the whole step; pays from about 30 epochs of MNIST on.
        device: "cpu", "cuda", ...
        threads: CPU threads; 0 for torch's own choice, which is then recorded.
        checkpoint_every: Steps between checkpoints; 0 for about 30 seconds, probed at the start and recorded.
        log_every: Epochs between rows of metrics (and validations), > 0.
        shuffle: "full" permutes the rows of an epoch one by one, "blocks" by blocks of neighbours, which suits files;
            "auto" is "blocks" for data in a mapped file, and is then recorded as that.
    """

    epochs: float = 20
    batch_size: int = 128
    seed: int = 0
    lr: float = 1e-3
    player_lr: dict[str, float] = field(default_factory=dict)
    lr_schedule: Literal["constant", "linear", "cosine"] = "constant"
    optimiser: str = "Adam"
    optimiser_options: dict[str, Any] = field(default_factory=dict)
    clip: float = 0.0
    ema: float = 0.0
    patience: int = 0
    precision: Literal["float32", "bf16"] = "float32"
    compile: bool = False
    device: Device = "cpu"
    threads: int = 0
    checkpoint_every: int = 0
    log_every: float = 1.0
    shuffle: Literal["auto", "full", "blocks"] = "auto"

    def __post_init__(self) -> None:
        require(self.epochs > 0, "`epochs` must be positive", self.epochs, "Pass epochs=20.")
        require(self.batch_size >= 1, "`batch_size` must be at least 1", self.batch_size, "Pass batch_size=128.")
        require(self.lr > 0, "`lr` must be positive", self.lr, "Pass lr=0.001.")
        for player, lr in self.player_lr.items():
            require(lr > 0, f"`lr.{player}` must be positive", lr, "Pass a number such as 0.0004.")
        require(self.clip >= 0, "`clip` must be at least 0", self.clip, "Pass clip=0 for no clipping.")
        require(0 <= self.ema < 1, "`ema` must be in [0, 1)", self.ema, "Pass ema=0.999, or 0 for none.")
        require(self.patience >= 0, "`patience` must be at least 0", self.patience, "Pass patience=0 to never stop.")
        require(self.threads >= 0, "`threads` must be at least 0", self.threads)
        require(self.checkpoint_every >= 0, "`checkpoint_every` must be at least 0", self.checkpoint_every)
        require(self.log_every > 0, "`log_every` must be positive", self.log_every, "Pass log_every=1.")

    @classmethod
    def read(cls, options: dict[str, Any]) -> "Settings":
        """From names and values (strings are converted by type).

        `optimiser.eps` joins the optimiser's options, `lr.critic` the learning rates of single players.

        Raises:
            UsageError: For an unknown name or a value of the wrong type.
        """
        types = {f.name: f.type for f in fields(cls)}
        plain: dict[str, Any] = {}
        extra: dict[str, Any] = dict(options.get("optimiser_options", {}))
        rates: dict[str, float] = dict(options.get("player_lr", {}))
        for name, value in options.items():
            if name.startswith("optimiser."):
                extra[name.removeprefix("optimiser.")] = value
            elif name.startswith("lr."):
                rates[name.removeprefix("lr.")] = convert(float, value, name)
            elif name not in types:
                raise unknown("option of fit", name, types)
            else:
                plain[name] = convert(types[name], value, name)
        return cls(**{**plain, "optimiser_options": extra, "player_lr": rates})

    def to_json(self) -> dict[str, Any]:
        """Plain JSON from which `read` makes equal settings."""
        return asdict(self)

    def but(self, **changes: Any) -> "Settings":
        """A copy with changes."""
        return replace(self, **changes)
