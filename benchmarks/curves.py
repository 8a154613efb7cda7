"""The losses of games and their equilibrium, side by side: python -m benchmarks.curves RUN RUN

jamjae fit gan mnist --epochs 2 --log-every 0.05 --seed 0
jamjae fit dcgan mnist --epochs 2 --log-every 0.05 --seed 0
python -m benchmarks.curves mnist-gan-001 mnist-dcgan-001      writes docs/images/games.png
"""

import argparse
from pathlib import Path

PICTURE = Path(__file__).parents[1] / "docs/images/games.png"
TERMS = ("critic.loss", "generator.fooling")


def main(arguments: list[str] | None = None) -> None:
    """Draw what the logs hold."""
    parser = argparse.ArgumentParser(
        "curves", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", nargs="+")
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--picture", type=Path, default=PICTURE)
    asked = parser.parse_args(arguments)
    draw([*asked.run], asked.runs, asked.picture)
    print(asked.picture)


def draw(names: list[str], runs: Path, picture: Path) -> None:
    """A column a run: the critic's loss, and below it the generator's, on one scale; dotted, the equilibrium."""
    import numpy as np
    from matplotlib.figure import Figure

    import jamjae as jj
    from jamjae.plots import style
    from jamjae.plots.losses import dotted, series

    figure = Figure(figsize=(3.4 * len(names), 4.6), layout="constrained", facecolor="white")
    grid = figure.subplots(len(TERMS), len(names), sharex="col", sharey="row", squeeze=False)
    for column, name in zip(grid.T, names, strict=True):
        run = jj.load(name, runs=runs)
        start = next(row for row in run.rows if row["event"] == "start")
        for axes, term in zip(column, TERMS, strict=True):
            style.quiet(axes)
            x, y = series(run.rows, "train", term)
            axes.plot(x, y, color=style.MAIN, linewidth=1.6)
            level = start["equilibrium"][term]
            axes.set_ylim(0.0, max(1.1 * level, float(np.nanquantile(y, 0.98)), axes.get_ylim()[1]))
            dotted(axes, level, style.INK)
            axes.set_title(f"{run.spec['recipe']}: {term.replace('.', ', ')}", fontsize=10, loc="left")
        column[-1].set_xlabel("epoch", fontsize=9)
    picture.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(picture, dpi=150)


if __name__ == "__main__":
    main()
