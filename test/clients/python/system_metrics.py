"""System metrics, sampled by the client's own thread while a run goes on."""

import time

import mlflow
from common import connect, same, unique
from mlflow import MlflowClient

connect()
mlflow.set_experiment(unique("system"))
mlflow.set_system_metrics_sampling_interval(0.2)
mlflow.set_system_metrics_samples_before_logging(1)
client = MlflowClient()
KEY = "system/cpu_utilization_percentage"

with mlflow.start_run(log_system_metrics=True) as run:
    deadline = time.monotonic() + 60
    while len(client.get_metric_history(run.info.run_id, KEY)) < 2:
        assert time.monotonic() < deadline, f"no two points of {KEY} within a minute"
        time.sleep(0.1)

data = client.get_run(run.info.run_id).data
for key in (KEY, *(f"system/{of}" for of in ("system_memory_usage_megabytes", "disk_usage_percentage"))):
    assert key in data.metrics, f"{key} is not among {sorted(data.metrics)}"
steps = [point.step for point in client.get_metric_history(run.info.run_id, KEY)]
same(steps, sorted(set(steps)), "steps go up, each once")
