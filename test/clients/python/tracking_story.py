"""What an analyst's script does today, unchanged but for the tracking URI (from the environment)."""

import json
import sys

import mlflow
from mlflow import MlflowClient

mlflow.set_experiment("Water_Quality")
with mlflow.start_run(run_name="baseline") as run:
    mlflow.log_params({"n_estimators": 100, "max_depth": 5, "class_weight": "balanced"})
    mlflow.log_metrics({"test_f1": 0.91, "test_recall": 0.93})
    for step in range(5):
        mlflow.log_metric("loss", 1.0 / (step + 1), step=step)
    mlflow.set_tags({"Project": "Lab_Modernization", "Reviewer": "Clinical_Director"})

client = MlflowClient()
back = client.get_run(run.info.run_id)
assert back.info.status == "FINISHED", back.info.status
assert back.info.run_name == "baseline", back.info.run_name
assert back.data.params == {"n_estimators": "100", "max_depth": "5", "class_weight": "balanced"}, back.data.params
assert back.data.metrics["test_f1"] == 0.91 and back.data.metrics["loss"] == 0.2, back.data.metrics
assert back.data.tags["Reviewer"] == "Clinical_Director", back.data.tags
history = client.get_metric_history(run.info.run_id, "loss")
assert [point.step for point in history] == [0, 1, 2, 3, 4], history
assert client.get_experiment_by_name("Water_Quality").experiment_id == back.info.experiment_id

try:
    client.log_param(run.info.run_id, "max_depth", "7")
except mlflow.MlflowException as error:
    assert error.error_code == "INVALID_PARAMETER_VALUE", error.error_code
else:
    sys.exit("a parameter could be changed")

client.create_registered_model("water_model", tags={"owner": "lab"}, description="flags contaminated samples")
version = client.create_model_version("water_model", f"runs:/{run.info.run_id}/model", run.info.run_id)
assert str(version.version) == "1", version.version
client.transition_model_version_stage("water_model", "1", "Staging")
assert client.get_model_version("water_model", "1").current_stage == "Staging"
assert [each.version for each in client.search_model_versions("name='water_model'")] in (["1"], [1])

print(json.dumps({"run_id": run.info.run_id}))
