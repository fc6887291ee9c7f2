"""A run that goes on over a restart of the server, by the client's own retries alone.

Says `running` when the server may go down, waits for a line on standard input that says it is down, says `sending` and
writes at once. By hand: stop the server at `running`, press Enter, start it again on the same port.
"""

import logging
import tempfile

import mlflow
from common import connect, same, unique
from mlflow import MlflowClient

connect()
# The client says nothing of its retries; the library under it does, if it is asked to.
logging.basicConfig()
logging.getLogger("urllib3.connectionpool").setLevel(logging.WARNING)
mlflow.set_experiment(unique("restart"))
with mlflow.start_run(run_name="long training") as run:
    mlflow.log_param("epochs", 20)
    for step in range(10):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    print("running", flush=True)
    input()
    print("sending", flush=True)
    for step in range(10, 20):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.set_tag("restarted", "yes")
    with tempfile.NamedTemporaryFile(suffix=".txt") as file:
        file.write(b"after the restart")
        file.flush()
        mlflow.log_artifact(file.name, "notes")

client = MlflowClient()
back = client.get_run(run.info.run_id)
same(back.info.status, "FINISHED", "status")
same(back.data.params, {"epochs": "20"}, "parameters")
same(back.data.tags["restarted"], "yes", "tag")
points = [(point.step, point.value) for point in client.get_metric_history(run.info.run_id, "loss")]
same(sorted(points), [(step, 1 / (step + 1)) for step in range(20)], "points, each once")
same(len(client.list_artifacts(run.info.run_id, "notes")), 1, "artifacts")
