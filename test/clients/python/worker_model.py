"""A model that Custody's worker trained, loaded by MLflow: it predicts what Custody itself predicts.

For Custody alone: it trains over Custody's own paths. Every probability must agree to 1e-9.
"""

import base64
import json
import os
import time
import urllib.request

import mlflow
import numpy as np
import pandas as pd
from common import FEATURES, TEST_SAMPLES, as_reviewer, connect, lims_samples, same, unique
from mlflow import MlflowClient

uri = connect()
client = MlflowClient()
name = unique("lims_contamination_detector")


def custody(path, body, content_type="application/json"):
    """A call of Custody's own API, as the person who signs in to MLflow."""
    request = urllib.request.Request(f"{uri}/api/v1/{path}", data=body, headers={"content-type": content_type})
    login = f"{os.environ['MLFLOW_TRACKING_USERNAME']}:{os.environ['MLFLOW_TRACKING_PASSWORD']}"
    request.add_header("authorization", f"Basic {base64.b64encode(login.encode()).decode()}")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def train(**parameters):
    """Trains a version on new samples and waits for it; the worker is in a process of its own."""
    x, y = lims_samples(count=400, seed=len(parameters))
    data = x.assign(is_contaminated=y)
    data.insert(0, "sample_id", [f"S{row:05d}" for row in range(len(data))])
    dataset = custody(f"datasets?name={unique('LIMS')}&source=test", data.to_csv(index=False).encode(), "text/csv")
    asked = {"dataset_id": dataset["dataset_id"], "experiment_name": name, "registered_model_name": name}
    job = custody("training-jobs", json.dumps({**asked, "parameters": parameters}).encode())
    deadline = time.monotonic() + 120
    while job["state"] not in ("succeeded", "failed", "parked"):
        assert time.monotonic() < deadline, f"the job is still {job['state']}"
        time.sleep(0.2)
        job = custody(f"training-jobs/{job['job_id']}", None)
    same(job["state"], "succeeded", json.dumps(job))
    return job


def served(model, frame):
    """What Custody answers for the same samples."""
    samples = json.loads(frame.to_json(orient="records", double_precision=15))
    return custody("predictions", json.dumps({"model": model, "samples": samples}).encode())["predictions"]


def agree(model_uri, frame, served_by=None):
    predicted = mlflow.pyfunc.load_model(model_uri).predict(frame)
    expected = pd.DataFrame(served(served_by or model_uri, frame))
    apart = np.abs(predicted["probability"].to_numpy() - expected["probability"].to_numpy()).max()
    assert apart <= 1e-9, f"{model_uri}: probabilities are up to {apart} apart"
    for column in ("sample_id", "predicted_class", "risk"):
        same(predicted[column].tolist(), expected[column].tolist(), f"{model_uri}: {column}")
    return predicted


first = train()
train(n_estimators=25, max_depth=8, min_samples_split=2, min_samples_leaf=1, class_weight="none")
client.transition_model_version_stage(name, "1", "Staging")
client.transition_model_version_stage(name, "2", "Staging")
with as_reviewer():
    client.transition_model_version_stage(name, "1", "Production")

rng = np.random.default_rng(7)
random_rows = pd.DataFrame(rng.uniform([5, 0, 0, 0.5], [9, 20, 12, 9], (500, 4)).round(3), columns=FEATURES)
random_rows.insert(0, "sample_id", [f"R{row:04d}" for row in range(len(random_rows))])
for model_uri in (f"models:/{name}/Production", f"models:/{name}/Staging", f"models:/{name}/1", f"models:/{name}/2"):
    predicted = agree(model_uri, TEST_SAMPLES)
    same(predicted["risk"].tolist(), ["LOW", "LOW", "HIGH", "LOW", "HIGH"], "risk of the new samples")
    assert len(set(agree(model_uri, random_rows)["probability"])) > 5, "random rows tell the trees apart"

client.set_registered_model_alias(name, "challenger", "2")
agree(f"models:/{name}@challenger", random_rows, served_by=f"models:/{name}/2")

# Columns in another order, whole numbers, an index of one's own, no sample ids: the same probabilities.
model = mlflow.pyfunc.load_model(f"models:/{name}/Production")
shuffled = TEST_SAMPLES.set_index("sample_id")[FEATURES[::-1]]
same(model.predict(shuffled)["probability"].tolist(), model.predict(TEST_SAMPLES)["probability"].tolist(), "shuffled")
same(model.predict(shuffled).index.tolist(), TEST_SAMPLES["sample_id"].tolist(), "index")
whole = pd.DataFrame([[7, 4, 1, 2]], columns=FEATURES, dtype="int32")
same(model.predict(whole)["probability"][0], model.predict(whole.astype("float64"))["probability"][0], "whole numbers")
same(model.predict(TEST_SAMPLES.head(0)).shape, (0, 4), "no samples")
same(model.predict(TEST_SAMPLES, params={"threshold": 1.0})["predicted_class"].tolist(), [0, 0, 1, 0, 1], "class")

# What the server refuses, the loaded model refuses, and names the place.
for column, value, hint in [
    ("turbidity", np.nan, "turbidity"),
    ("ph_level", np.inf, "ph_level"),
    ("temperature", -np.inf, "temperature"),
    ("processing_time", None, "processing_time"),
]:
    bad = TEST_SAMPLES.copy()
    bad.loc[2, column] = value
    try:
        model.predict(bad)
    except (ValueError, mlflow.MlflowException) as error:
        assert hint in str(error) and "TEST003" in str(error), error
    else:
        raise AssertionError(f"{value} in {column} was predicted")
for frame in (TEST_SAMPLES.drop(columns="turbidity"), TEST_SAMPLES.assign(turbidity="cloudy")):
    try:
        model.predict(frame)
    except mlflow.MlflowException as error:
        assert "turbidity" in str(error), error
    else:
        raise AssertionError("a frame without a good turbidity was predicted")
for threshold in (0.0, 1.5, float("nan")):
    try:
        model.predict(TEST_SAMPLES, params={"threshold": threshold})
    except ValueError as error:
        assert "threshold" in str(error), error
    else:
        raise AssertionError(f"threshold {threshold} was taken")

# The folder is one that MLflow knows all about.
info = mlflow.models.get_model_info(f"models:/{name}/Production")
same(sorted(info.flavors), ["custody.random_forest", "python_function"], "flavours")
same(info.run_id, first["run_id"], "run")
same([item.name for item in info.signature.inputs if item.required], FEATURES, "signature")
[history] = json.loads(client.get_run(first["run_id"]).data.tags["mlflow.log-model.history"])
same(history["model_uuid"], info.model_uuid, "the run's history of models")
same(history["utc_time_created"], info.utc_time_created, "its time")
example = mlflow.models.Model.load(f"models:/{name}/Production").load_input_example()
same((list(example.columns), len(example)), (FEATURES, 5), "input example")
expected = model.predict(example)
served_as_json = mlflow.models.validate_serving_input(
    f"models:/{name}/Production", mlflow.models.convert_input_example_to_serving_input(example)
)
same(served_as_json["probability"].tolist(), expected["probability"].tolist(), "what serving answers")
forest = model.get_raw_model()
same(forest.features, tuple(FEATURES), "the raw model")
