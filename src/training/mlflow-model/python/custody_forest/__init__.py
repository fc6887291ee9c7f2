"""Lets `mlflow.pyfunc.load_model` load a model that Custody trained, and predict as Custody itself does.

`predict` takes a data frame with the model's features and answers one with `predicted_class` (0 or 1), `probability`
(of class 1) and `risk` (LOW or HIGH), in the order and with the index of what came in. A column `sample_id` is taken
along. As on the server, a value that is missing, NaN or infinite is refused, and then nothing is predicted.
"""

import logging

from .forest import Forest, is_finite

DEFAULT_THRESHOLD = 0.5
SAMPLE_ID = "sample_id"
MOST_NAMED = 20

_logger = logging.getLogger(__name__)


class ForestModel:
    """What MLflow wraps: `predict(frame, params)`; `get_raw_model()` answers the `Forest`."""

    def __init__(self, forest):
        self._forest = forest

    def get_raw_model(self):
        return self._forest

    def predict(self, model_input, params=None):
        import pandas as pd

        threshold = _threshold(params)
        names = _names(model_input)
        probabilities = [self._forest.probability(row) for row in self._rows(model_input, names)]
        columns = {SAMPLE_ID: names} if SAMPLE_ID in model_input.columns else {}
        columns["predicted_class"] = [int(probability >= DEFAULT_THRESHOLD) for probability in probabilities]
        columns["probability"] = probabilities
        columns["risk"] = ["HIGH" if probability >= threshold else "LOW" for probability in probabilities]
        _warn(names, probabilities, columns["risk"])
        types = {"predicted_class": "int64", "probability": "float64"}
        return pd.DataFrame(columns, index=model_input.index).astype(types)

    def _rows(self, frame, names):
        """All rows as tuples in the order of the features, each value checked before the first is predicted."""
        features = self._forest.features
        for feature in features:
            if feature not in frame.columns:
                raise ValueError(f"column {feature} is missing")
        rows = list(zip(*(frame[feature].tolist() for feature in features)))
        for name, row in zip(names, rows):
            for feature, value in zip(features, row):
                if not is_finite(value):
                    raise ValueError(f"sample {name!r}, column {feature}: must be a finite number, not {value!r}")
        return rows


def _names(frame):
    """How messages call the rows: by their sample id, or by the index where there is none."""
    return frame[SAMPLE_ID].tolist() if SAMPLE_ID in frame.columns else frame.index.tolist()


def _threshold(params):
    """From which probability on a sample is at HIGH risk; the class does not depend on it."""
    threshold = (params or {}).get("threshold", DEFAULT_THRESHOLD)
    if not is_finite(threshold) or not 0 < threshold <= 1:
        raise ValueError("threshold must be a number above 0 and at most 1")
    return threshold


def _warn(names, probabilities, risks):
    high = [(name, probability) for name, probability, risk in zip(names, probabilities, risks) if risk == "HIGH"]
    if not high:
        return
    named = ", ".join(f"{name} (probability {probability:.3f})" for name, probability in high[:MOST_NAMED])
    more = f" and {len(high) - MOST_NAMED} more" if len(high) > MOST_NAMED else ""
    _logger.warning("%d of %d samples at HIGH risk: %s%s", len(high), len(names), named, more)


def _load_pyfunc(path):
    """MLflow calls this with the path of the model's data."""
    return ForestModel(Forest.load(path))
