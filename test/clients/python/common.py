"""What the scripts share. Each runs by hand, too: `python SCRIPT.py http://HOST:PORT`, against any MLflow server.

Who signs in comes from MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD; where a second person must decide (what
production loads), from CUSTODY_TEST_REVIEWER and CUSTODY_TEST_REVIEWER_PASSWORD, if they are set.
"""

import contextlib
import os
import sys
import uuid

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

import mlflow  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

FEATURES = ["ph_level", "temperature", "turbidity", "processing_time"]

# MLflow saves scikit-learn's models with skops, which wants to be told that a tree's own storage may be loaded again.
TREES = ["sklearn.tree._tree.Tree"]

TEST_SAMPLES = pd.DataFrame(
    [
        ("TEST001", 7.2, 4.0, 1.2, 2.5),
        ("TEST002", 7.1, 3.8, 0.8, 2.3),
        ("TEST003", 6.3, 15.0, 8.5, 6.0),
        ("TEST004", 7.3, 4.2, 1.0, 2.4),
        ("TEST005", 6.5, 12.5, 7.2, 5.5),
    ],
    columns=["sample_id", *FEATURES],
)


def connect():
    """The server of the first argument, or of MLFLOW_TRACKING_URI."""
    uri = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("MLFLOW_TRACKING_URI")
    if not uri:
        sys.exit(f"usage: python {sys.argv[0]} http://HOST:PORT")
    os.environ["MLFLOW_TRACKING_URI"] = uri
    mlflow.set_tracking_uri(uri)
    return uri


def unique(name):
    """So that a script can be played again on the same server."""
    return f"{name}_{uuid.uuid4().hex[:8]}"


@contextlib.contextmanager
def as_reviewer():
    """The calls inside are the reviewer's, where there is one; the client reads the variables for every request."""
    mine = {name: os.environ.get(name) for name in ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD")}
    if "CUSTODY_TEST_REVIEWER" in os.environ:
        os.environ["MLFLOW_TRACKING_USERNAME"] = os.environ["CUSTODY_TEST_REVIEWER"]
        os.environ["MLFLOW_TRACKING_PASSWORD"] = os.environ["CUSTODY_TEST_REVIEWER_PASSWORD"]
    try:
        yield
    finally:
        for name, value in mine.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})


def lims_samples(count=300, seed=1, contamination=0.3):
    """Measurements of clean and contaminated samples, and which are which."""
    rng = np.random.default_rng(seed)
    label = (rng.random(count) < contamination).astype("int64")
    clean, contaminated = np.array([7.2, 4.0, 0.8, 2.4]), np.array([6.4, 13.0, 8.0, 5.5])
    values = clean + label[:, None] * (contaminated - clean) * 0.6 + rng.normal(0, [0.3, 1.5, 1.2, 0.7], (count, 4))
    return pd.DataFrame(values, columns=FEATURES), pd.Series(label, name="is_contaminated")


def same(actual, expected, what=""):
    """An assertion that shows both sides."""
    assert actual == expected, f"{what}: expected {expected!r}, got {actual!r}"
