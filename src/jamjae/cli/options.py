"""The options that `fit` and `check` share: names and meanings of `training.Settings`, of the data and of the parts.

A test compares them with `training.Settings` and `recipes.PARTS`; they stand here so that --help needs no torch.
"""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Group, Parameter

from .names import AnyRun

PARTS = Group("Parts", help="`jamjae list priors` shows names and options, as in --prior.components 10.", sort_key=1)
DATA = Group("Data", sort_key=2)
TRAINING = Group("Training", sort_key=3)
Name = Annotated[str | None, Parameter(group=PARTS)]
Source = Annotated[str | None, Parameter(group=DATA)]
Split = Annotated[int | float | None, Parameter(group=DATA)]
Binarise = Annotated[Literal["none", "threshold", "stochastic"] | None, Parameter(group=DATA)]
Whole = Annotated[int | None, Parameter(group=TRAINING)]
Real = Annotated[float | None, Parameter(group=TRAINING)]
Text = Annotated[str | None, Parameter(group=TRAINING)]
Flag = Annotated[bool | None, Parameter(group=TRAINING)]
Fall = Annotated[Literal["constant", "linear", "cosine"] | None, Parameter(group=TRAINING)]
Shuffle = Annotated[Literal["auto", "full", "blocks"] | None, Parameter(group=TRAINING)]
Kind = Annotated[Literal["sequence"] | None, Parameter(group=DATA)]
Sounds = Annotated[Literal["mel", "wave"] | None, Parameter(group=DATA)]
Precision = Annotated[Literal["float32", "bf16"] | None, Parameter(group=TRAINING)]


@Parameter(name="*")
@dataclass(frozen=True)
class FitOptions:
    """What `fit` and `check` take.

    Attributes:
        latent: Number of latent axes, 2 for a map; a shape as 4,4.
        config: YAML file with the same names; the command line wins over it.
        like: An earlier RUN whose options are the starting point; FILE and command line win over it.
        runs: Where runs lie.
        encoder_from: A finished RUN whose encoder and posterior, with their weights, are the start.
        freeze: They stay as they are, and the rest learns.
        prior: What shape the latent space should have.
        decoder: Network from code to features.
        likelihood: What the data is, and so what the loss is.
        encoder: Network from example to features.
        posterior: What the encoder outputs.
        objective: What training minimises.
        condition: What the model is told about an example: label.
        binarise: none, threshold or stochastic; what suits the data if left out.
        labels: A .npy file, a key of the .npz file, or a column of the table.
        validation: Size of the validation split: a count, a share such as 0.1, or 0 for none.
        test: Size of the test split.
        size: Height and width of the pictures of a folder; their most frequent size if left out.
        memory: Bytes of data, as in 2GiB, beyond which it stays in a file; 1GiB if left out.
        strict: Refuse a folder with files that cannot be read, rather than skip them.
        labels_from_name: Of a folder's files: the part of their names, between underscores, that is the label; 1 is the
            first. The uppermost sub-folders if left out.
        kind: sequence reads arrays (n, places, channels), which are pictures otherwise.
        window: Cut a series (a table, .npy: rows in the order of time) into windows of so many rows.
        stride: Rows from the start of a window to that of the next; a window's length if left out.
        sound: How recordings are seen: mel (log-mel spectrograms, the default) or wave (their samples).
        rate: Samples a second of all recordings; the most frequent rate if left out.
        seconds: Length of all recordings; what covers 95 % of them if left out.
        missing: Cells may be missing: NaN in an array.
        columns: What columns of a table are, as in age=count,price=log-normal,id=skip; `check` shows them.
        text: Of a table, the column of sentences.
        tokens: Of text: bytes, or words (pieces that are learned from it).
        vocabulary: How many word-pieces, 2000 if left out.
        length: Of text: tokens of an example; what 95 % of it needs if left out, at most 64.
        epochs: Passes over the training split.
        batch_size: Examples a step.
        seed: Everything random follows from it.
        lr: Learning rate at its highest; of one player as --lr.critic 4e-4.
        lr_schedule: How the learning rate falls over the run.
        optimiser: Any of `jamjae list optimisers`; options as --optimiser.eps 1e-4.
        clip: Largest norm of the gradient; 0 for none.
        ema: Decay of a running mean of the weights; 0 for none.
        patience: Stop after so many epochs without a better validation loss; 0 to never stop.
        precision: bf16 computes products in low precision, the weights and the loss stay in float32.
        compile: Compile the whole step; pays in long runs.
        device: cpu, cuda, ...
        threads: CPU threads; 0 for torch's choice.
        checkpoint_every: Steps between checkpoints; 0 for about 30 seconds.
        log_every: Epochs between rows of metrics.
        shuffle: full permutes row by row, blocks by blocks of neighbours; auto is blocks for data in a file.
    """

    latent: str | None = None
    config: Path | None = None
    like: AnyRun = None
    runs: Path | None = None
    encoder_from: Annotated[AnyRun, Parameter(group=PARTS)] = None
    freeze: Annotated[bool | None, Parameter(group=PARTS)] = None
    prior: Name = None
    decoder: Name = None
    likelihood: Name = None
    encoder: Name = None
    posterior: Name = None
    objective: Name = None
    condition: Name = None
    binarise: Binarise = None
    labels: Source = None
    validation: Split = None
    test: Split = None
    size: Annotated[int | None, Parameter(group=DATA)] = None
    strict: Annotated[bool | None, Parameter(group=DATA)] = None
    memory: Source = None
    labels_from_name: Annotated[int | None, Parameter(group=DATA)] = None
    kind: Kind = None
    window: Annotated[int | None, Parameter(group=DATA)] = None
    stride: Annotated[int | None, Parameter(group=DATA)] = None
    sound: Sounds = None
    rate: Annotated[int | None, Parameter(group=DATA)] = None
    seconds: Annotated[float | None, Parameter(group=DATA)] = None
    missing: Annotated[bool | None, Parameter(group=DATA)] = None
    columns: Source = None
    text: Source = None
    tokens: Annotated[Literal["bytes", "words"] | None, Parameter(group=DATA)] = None
    vocabulary: Annotated[int | None, Parameter(group=DATA)] = None
    length: Annotated[int | None, Parameter(group=DATA)] = None
    epochs: Real = None
    batch_size: Whole = None
    seed: Whole = None
    lr: Real = None
    lr_schedule: Fall = None
    optimiser: Text = None
    clip: Real = None
    ema: Real = None
    patience: Whole = None
    precision: Precision = None
    compile: Flag = None
    device: Text = None
    threads: Whole = None
    checkpoint_every: Whole = None
    log_every: Real = None
    shuffle: Shuffle = None

    def given(self) -> dict[str, Any]:
        """What was given, by name."""
        return {f.name: v for f in fields(self) if (v := getattr(self, f.name)) is not None}
