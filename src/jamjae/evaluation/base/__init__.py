"""What a metric is: a function of a `Subject` (a model and the data to judge it on) that returns a `Measurement`.

Every metric is one file with one function under `@metric`. Nothing here changes the model, its training mode or
the caller's random state, and every number depends on the seed alone, not on which other metrics were asked
for.
"""

from .bound import lower_bound
from .budget import within
from .measurement import Measurement, bootstrap, normal, over_examples, wilson
from .metric import METRICS, Metric, evaluate, metric, usual
from .subject import FEWEST, Subject

__all__ = [
    "FEWEST",
    "METRICS",
    "Measurement",
    "Metric",
    "Subject",
    "bootstrap",
    "evaluate",
    "lower_bound",
    "metric",
    "normal",
    "over_examples",
    "usual",
    "wilson",
    "within",
]
