"""The explorer inside a notebook: the page as one file, in a frame of its own."""

import html

from ..run import Run
from .saved import saved


class Frame:
    """A page that a notebook shows, JupyterLab and Colab alike. It asks no server and is kept with the notebook.

    Arguments:
        page: A whole HTML file.
        height: Height in CSS pixels.
    """

    def __init__(self, page: bytes, height: int) -> None:
        self.page, self.height = page, height

    def __repr__(self) -> str:
        return f"<explorer, {len(self.page) / 1e6:.1f} MB; shown in a notebook>"

    def _repr_html_(self) -> str:
        content = html.escape(self.page.decode())
        style = f"width: 100%; height: {self.height}px; border: 0"
        return f'<iframe title="jamjae" sandbox="allow-scripts" style="{style}" srcdoc="{content}"></iframe>'


def widget(*runs: Run, height: int = 760) -> Frame:
    """The explorer of one run, or of several side by side, as the last line of a notebook's cell.

    Raises:
        UsageError: Where a run cannot be decoded without a server, with the reason.

    Example:
        >>> import tempfile, jamjae as jj
        >>> run = jj.fit("vae", "digits", latent=2, epochs=1, runs=tempfile.mkdtemp())
        >>> widget(run)._repr_html_().startswith("<iframe")
        True
    """
    return Frame(saved(runs), height)
