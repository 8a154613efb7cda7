"""A VAE inside scikit-learn: a pipeline with a search over beta and the width of the code, a density, strange rows.

python examples/sklearn_grid.py            two minutes
python examples/sklearn_grid.py --smoke    seconds
"""

import sys

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from jamjae.sklearn import AnomalyDetector, GANSampler, VAETransformer

smoke = "--smoke" in sys.argv
x, benign = load_breast_cancer(return_X_y=True)  # 30 measurements of a tumour; 1: benign
x_train, x_test, y_train, y_test = train_test_split(x, benign, test_size=0.3, stratify=benign, random_state=0)
short = {"epochs": 2 if smoke else 100, "widths": (32,), "lr": 0.003, "random_state": 0}

# 1. Codes for a classifier: whatever comes after the transformer judges its options.
pipeline = make_pipeline(StandardScaler(), VAETransformer(**short), LogisticRegression(max_iter=1000))
grid = {"vaetransformer__beta": [0.1, 1.0], "vaetransformer__latent": [2, 8]}
search = GridSearchCV(pipeline, grid, cv=3).fit(x_train, y_train)
print(f"chosen by three folds: {search.best_params_}")
print(f"right about the test rows: {search.score(x_test, y_test):.3f}")

# 2. A density: without labels, the search is judged by the bound on log p(x) of rows that a fold has not seen.
scaler = StandardScaler().fit(x_train)
known, new = scaler.transform(x_train), scaler.transform(x_test)
density = GridSearchCV(VAETransformer(samples=20, **short), {"latent": [1, 2, 4, 8]}, cv=3).fit(known)
print(f"\nlatent={density.best_params_['latent']} describes new rows best:")
for latent, score in zip([1, 2, 4, 8], density.cv_results_["mean_test_score"], strict=True):
    print(f"  latent={latent}: {score:.1f} nats per example")

# 3. Strange rows: a model of benign tumours alone is shown all test rows.
detector = AnomalyDetector(latent=4, **short).fit(known[y_train == 1])
flagged = detector.predict(new) == -1
print(f"\nflagged: {flagged[y_test == 1].mean():.0%} of the benign, {flagged[y_test == 0].mean():.0%} of the malignant")

# 4. New rows from a GAN, in the units of the table.
rows = scaler.inverse_transform(GANSampler(recipe="r1-gan", **short).fit(known).sample(1000))
off = np.abs(rows.mean(0) - x_train.mean(0)) / x_train.std(0)
print(f"\n1,000 made rows: their column means are off by {off.mean():.2f} standard deviations on average")
