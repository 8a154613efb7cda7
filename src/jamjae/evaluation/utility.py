"""Whether what samples teach holds for real examples."""

from ..core.errors import Undefined
from .base import Measurement, Subject, metric
from .base.columns import columned
from .base.utility import Task, useful


@metric(title="What is learned from samples holds for examples", unit="accuracy", full=True, better="higher")
def utility(subject: Subject) -> Measurement:
    r"""Train on synthetic, test on real: how well gradient-boosted trees that learned from samples under known labels
    predict the labels of test examples; accuracy for classes, R^2 for numbers.

    Baseline: the same trees trained on as many training examples. `details` hold what the largest class (or the mean)
    gets "without_learning". Interval: Wilson's for an accuracy, a bootstrap over test examples for R^2. `jamjae
    generate --target COLUMN` asks the same of a column of a table.

    Cost: as many samples as training examples (at most 10,000) and two fits of 100 trees.

    Failure modes: it sees what helps to predict this one label, and nothing else. Undefined for models that are not
    told labels, whose samples have none, and for pictures and other data whose cells are no columns.

    Reference:
        Esteban, Hyland and Rätsch (2017), Real-valued (medical) time series generation with recurrent conditional GANs.
        https://arxiv.org/abs/1706.02633
    """
    columned(subject)
    train, train_y = subject.train
    if subject.model.condition is None or train_y is None or subject.y is None:
        raise Undefined("the model is not told labels, so its samples have none")
    x, y = subject.labelled(len(train))
    return useful(subject.dataset.event, Task(x, y), Task(train, train_y), Task(subject.x, subject.y))
