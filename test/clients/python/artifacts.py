"""Files of a run, in every way the client has to write and read them."""

import json
import os
import tempfile

import matplotlib
import mlflow
import numpy as np
import pandas as pd
from common import connect, same, unique
from mlflow import MlflowClient

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

connect()
client = MlflowClient()
mlflow.set_experiment(unique("artifacts"))

with tempfile.TemporaryDirectory() as folder, mlflow.start_run() as run:
    os.makedirs(os.path.join(folder, "deep", "er"))
    contents = {"a.txt": b"plain", "deep/b.bin": bytes(range(256)) * 4096, "deep/er/d \u00e9 +%.txt": b"name"}
    for path, content in contents.items():
        with open(os.path.join(folder, path), "wb") as file:
            file.write(content)
    mlflow.log_artifacts(folder, artifact_path="reports")
    mlflow.log_artifact(os.path.join(folder, "a.txt"))
    mlflow.log_dict({"rate": 0.15, "features": ["ph_level"]}, "profile.json")
    mlflow.log_dict({"rate": 0.15}, "profile.yaml")
    mlflow.log_text("precision 0.91", "reports/classification_report.txt")
    mlflow.log_table({"sample_id": ["TEST001", "TEST003"], "risk": ["LOW", "HIGH"]}, "predictions.json")
    mlflow.log_table(pd.DataFrame({"sample_id": ["TEST005"], "risk": ["HIGH"]}), "predictions.json")
    figure, axes = pyplot.subplots()
    axes.bar(["turbidity", "ph_level"], [0.6, 0.4])
    mlflow.log_figure(figure, "plots/importance.png")
    mlflow.log_image(np.zeros((8, 8, 3), dtype="uint8"), "plots/black.png")

run_id = run.info.run_id
same(
    sorted((item.path, item.is_dir) for item in client.list_artifacts(run_id)),
    [
        ("a.txt", False),
        ("plots", True),
        ("predictions.json", False),
        ("profile.json", False),
        ("profile.yaml", False),
        ("reports", True),
    ],
    "the run's artifacts",
)
sizes = {item.path: item.file_size for item in client.list_artifacts(run_id, "reports/deep")}
same(sizes, {"reports/deep/b.bin": 256 * 4096, "reports/deep/er": None}, "a folder's artifacts")

with tempfile.TemporaryDirectory() as folder:
    path = mlflow.artifacts.download_artifacts(run_id=run_id, dst_path=folder)
    for name, content in contents.items():
        with open(os.path.join(path, "reports", name), "rb") as file:
            assert file.read() == content, f"{name} came back as something else"
    with open(os.path.join(path, "plots", "importance.png"), "rb") as file:
        same(file.read(8), b"\x89PNG\r\n\x1a\n", "the figure")
    one = client.download_artifacts(run_id, "reports/deep/b.bin", folder)
    same(os.path.getsize(one), 256 * 4096, "a single file")

same(mlflow.artifacts.load_dict(f"runs:/{run_id}/profile.json"), {"rate": 0.15, "features": ["ph_level"]}, "dict")
same(mlflow.artifacts.load_text(f"runs:/{run_id}/reports/classification_report.txt"), "precision 0.91", "text")
same(mlflow.artifacts.load_image(f"runs:/{run_id}/plots/black.png").size, (8, 8), "image")
table = mlflow.load_table("predictions.json", run_ids=[run_id])
same(list(table["sample_id"]), ["TEST001", "TEST003", "TEST005"], "table with an appended row")
tag = json.loads(client.get_run(run_id).data.tags["mlflow.loggedArtifacts"])
same(tag, [{"path": "predictions.json", "type": "table"}], "tag of the tables")

try:
    mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="no/such/file.txt")
except mlflow.MlflowException as error:
    assert "file.txt" in str(error), error
else:
    raise AssertionError("a file that is not there was downloaded")
