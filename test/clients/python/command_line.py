"""The `mlflow` command: experiments, runs, artifacts, models."""

import json
import os
import subprocess
import sys
import tempfile

import mlflow
import pandas as pd
from click.testing import CliRunner
from common import TREES, connect, lims_samples, same, unique
from mlflow import MlflowClient
from mlflow.cli import cli
from sklearn.tree import DecisionTreeClassifier

connect()
client = MlflowClient()


def call(*args):
    """The command in this process: starting Python anew for each call would take most of the test's time."""
    result = CliRunner().invoke(cli, args, catch_exceptions=False)
    assert result.exit_code == 0, f"mlflow {' '.join(args)} ended with {result.exit_code}: {result.output}"
    return result.output


name = unique("by_command")
executable = os.path.join(os.path.dirname(sys.executable), "mlflow")
created = subprocess.run([executable, "experiments", "create", "-n", name], capture_output=True, text=True)
same(created.returncode, 0, created.stderr)
experiment_id = client.get_experiment_by_name(name).experiment_id
assert experiment_id in created.stdout, created.stdout

assert name in call("experiments", "search"), "experiments search"
same(json.loads(call("experiments", "get", "-x", experiment_id, "--output", "json"))["name"], name, "experiments get")
call("experiments", "rename", "--experiment-id", experiment_id, "--new-name", f"{name}_renamed")
same(client.get_experiment(experiment_id).name, f"{name}_renamed", "experiments rename")
call("experiments", "delete", "-x", experiment_id)
same(client.get_experiment(experiment_id).lifecycle_stage, "deleted", "experiments delete")
call("experiments", "restore", "-x", experiment_id)
same(client.get_experiment(experiment_id).lifecycle_stage, "active", "experiments restore")

x, y = lims_samples(count=60)
mlflow.set_experiment(experiment_id=experiment_id)
with mlflow.start_run(run_name="described") as run:
    mlflow.log_param("depth", 2)
    mlflow.log_metric("f1", 0.9)
    model = DecisionTreeClassifier(max_depth=2, random_state=1).fit(x, y)
    how = {"registered_model_name": unique("by_command_model"), "skops_trusted_types": TREES}
    mlflow.sklearn.log_model(model, name="model", **how)
run_id = run.info.run_id

assert run_id in call("runs", "list", "--experiment-id", experiment_id), "runs list"
described = json.loads(call("runs", "describe", "--run-id", run_id))
same(described["data"]["params"], {"depth": "2"}, "runs describe")
call("runs", "delete", "--run-id", run_id)
same(client.get_run(run_id).info.lifecycle_stage, "deleted", "runs delete")
call("runs", "restore", "--run-id", run_id)
same(client.get_run(run_id).info.lifecycle_stage, "active", "runs restore")

with tempfile.TemporaryDirectory() as folder:
    note = os.path.join(folder, "note.txt")
    with open(note, "w", encoding="utf-8") as file:
        file.write("from the command line")
    call("artifacts", "log-artifact", "--local-file", note, "--run-id", run_id, "--artifact-path", "notes")
    listed = json.loads(call("artifacts", "list", "--run-id", run_id, "--artifact-path", "notes"))
    same([item["path"] for item in listed], ["notes/note.txt"], "artifacts list")
    target = os.path.join(folder, "down")
    os.mkdir(target)
    call("artifacts", "download", "--run-id", run_id, "--artifact-path", "notes", "--dst-path", target)
    with open(os.path.join(target, "notes", "note.txt"), encoding="utf-8") as file:
        same(file.read(), "from the command line", "artifacts download")
    table = os.path.join(folder, "runs.csv")
    call("experiments", "csv", "-x", experiment_id, "-o", table)
    same(list(pd.read_csv(table)["run_id"]), [run_id], "experiments csv")

    rows, answers = os.path.join(folder, "in.json"), os.path.join(folder, "out.json")
    with open(rows, "w", encoding="utf-8") as file:
        json.dump({"dataframe_split": x.head(4).to_dict(orient="split", index=False)}, file)
    [version] = client.search_model_versions(f"run_id = '{run_id}'")
    call(
        *("models", "predict", "-m", f"models:/{version.name}/{version.version}", "-i", rows, "-o", answers),
        *("--content-type", "json", "--env-manager", "local"),
    )
    with open(answers, encoding="utf-8") as file:
        same(json.load(file)["predictions"], model.predict(x.head(4)).tolist(), "models predict")
