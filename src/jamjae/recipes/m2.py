"""A VAE that learns from few labels and many examples."""

from ..core.event import Event
from .base import Choice, dense, reading, recipe, spec, variational


@recipe
def m2(event: Event) -> Choice:
    """A VAE that is told the label and infers it where it is missing: it learns a classifier from few labels and many
    examples. Labels of -1 (or None) are missing.

    Reference:
        Kingma, Mohamed, Rezende and Welling (2014), Semi-supervised learning with deep generative models.
        https://arxiv.org/abs/1406.5298
    """
    classifier = reading(event) if event.kind == "text" else reading(event, widths=dense(event)["widths"])
    return variational(event, objective=spec("m2"), condition=spec("label", classifier=classifier))
