"""Data sets as inputs of runs, from pandas, and finding runs by them."""

import json

import mlflow
import numpy as np
import pandas as pd
from common import FEATURES, connect, lims_samples, same, unique
from mlflow import MlflowClient

connect()
client = MlflowClient()
experiment = mlflow.set_experiment(unique("datasets"))
x, y = lims_samples(count=120)
frame = x.assign(is_contaminated=y)
name = unique("LIMS_Synthetic")
SOURCE = "https://lims.example/silver.csv"
training = mlflow.data.from_pandas(frame.head(96), source=SOURCE, name=name, targets="is_contaminated")
testing = mlflow.data.from_pandas(frame.tail(24), source=SOURCE, name=f"{name}_test")

with mlflow.start_run() as run:
    mlflow.log_input(training, context="training", tags={"layer": "silver"})
    mlflow.log_input(testing, context="testing")
    # The same once more changes nothing.
    mlflow.log_input(training, context="training", tags={"layer": "silver"})

inputs = client.get_run(run.info.run_id).inputs.dataset_inputs
same(sorted(each.dataset.name for each in inputs), [name, f"{name}_test"], "inputs of the run")
logged = next(each for each in inputs if each.dataset.name == name)
same(logged.dataset.digest, training.digest, "digest")
same(json.loads(logged.dataset.profile), {"num_rows": 96, "num_elements": 480}, "profile")
columns = json.loads(logged.dataset.schema)["mlflow_colspec"]
same([column["name"] for column in columns], [*FEATURES, "is_contaminated"], "columns")
tags = {tag.key: tag.value for tag in logged.tags}
same(tags, {"mlflow.data.context": "training", "layer": "silver"}, "tags of the input")
same(mlflow.data.get_source(logged).to_dict(), {"url": SOURCE}, "source")

# A table so wide that its schema alone is larger than an event of the log.
wide = pd.DataFrame(np.zeros((2, 11_000)), columns=[f"a rather long name of a column, {i}" for i in range(11_000)])
with mlflow.start_run() as of_wide:
    mlflow.log_input(mlflow.data.from_pandas(wide, source=SOURCE, name=f"{name}_wide"), context="wide")
logged = client.get_run(of_wide.info.run_id).inputs.dataset_inputs[0].dataset
columns = json.loads(logged.schema)["mlflow_colspec"]
same([column["name"] for column in columns], list(wide.columns), "columns of a wide table")

with mlflow.start_run(run_name="without data"):
    mlflow.log_metric("f1", 0.5)


def found(filter_string):
    runs = client.search_runs([experiment.experiment_id], filter_string)
    return [each.info.run_id for each in runs]


same(found(f"dataset.name = '{name}'"), [run.info.run_id], "runs by the name of a data set")
same(found(f"datasets.digest = '{training.digest}'"), [run.info.run_id], "runs by a digest")
same(found("dataset.context = 'training'"), [run.info.run_id], "runs by context")
same(found("dataset.name = 'no such data'"), [], "runs by data that nobody logged")
