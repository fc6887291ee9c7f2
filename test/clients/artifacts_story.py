"""Everything that MLflow's client does with files, unchanged but for the tracking URI (from the environment)."""

import filecmp
import hashlib
import json
import os
import sys
import tempfile

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import mlflow
from mlflow import MlflowClient
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

mlflow.set_experiment("Artifacts")
client = MlflowClient()
work = tempfile.mkdtemp()


def made(path, data):
    path = os.path.join(work, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as out:
        out.write(data)
    return path


with mlflow.start_run() as run:
    run_id = run.info.run_id
    made("tree/a.txt", b"a")
    made("tree/sub dir/größe #1.bin".replace("#", "n"), os.urandom(300_000))
    made("tree/sub dir/empty", b"")
    mlflow.log_artifacts(os.path.join(work, "tree"), "tree")
    mlflow.log_artifact(made("alone.json", b'{"not": "parsed'))
    mlflow.log_dict({"k": [1, 2]}, "dict/config.yaml")
    mlflow.log_text("<script>alert(1)</script>", "page.html")
    mlflow.log_table({"x": [1, 2], "y": ["a", "b"]}, "table.json")
    figure, axes = plt.subplots()
    axes.plot([1, 2, 3])
    mlflow.log_figure(figure, "plots/figure.png")

names = {item.path: (item.is_dir, item.file_size) for item in client.list_artifacts(run_id)}
assert set(names) == {"tree", "alone.json", "dict", "page.html", "table.json", "plots"}, names
assert names["tree"] == (True, None) and names["alone.json"] == (False, 15), names
inside = [item.path for item in client.list_artifacts(run_id, "tree/sub dir")]
assert inside == ["tree/sub dir/empty", "tree/sub dir/größe n1.bin"], inside
assert client.list_artifacts(run_id, "none") == []

back = mlflow.artifacts.download_artifacts(f"runs:/{run_id}/tree", dst_path=os.path.join(work, "back"))
compared = filecmp.dircmp(os.path.join(work, "tree"), back)
assert not (compared.left_only or compared.right_only or compared.diff_files), compared.report()
same, different, errors = filecmp.cmpfiles(
    os.path.join(work, "tree", "sub dir"), os.path.join(back, "sub dir"), ["empty", "größe n1.bin"], shallow=False
)
assert not different and not errors, (different, errors)
assert mlflow.artifacts.load_text(f"runs:/{run_id}/page.html") == "<script>alert(1)</script>"
assert mlflow.artifacts.load_image(f"runs:/{run_id}/plots/figure.png").size[0] > 100
assert mlflow.artifacts.load_dict(f"runs:/{run_id}/table.json")["data"] == [[1, "a"], [2, "b"]]
assert client.download_artifacts(run_id, "alone.json", tempfile.mkdtemp()).endswith("alone.json")

# Parts, as the client sends them when it is told that a proxy takes them.
os.environ["MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD"] = "true"
os.environ["MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE"] = str(5 * 1024**2)
os.environ["MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE"] = str(5 * 1024**2)
large = made("large.bin", os.urandom(17 * 1024**2 + 3))
client.log_artifact(run_id, large, "parts")
assert [item.file_size for item in client.list_artifacts(run_id, "parts")] == [17 * 1024**2 + 3]

# Downloads in ranges are not offered: the client reads that and takes the proxy.
os.environ["MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD"] = "true"
fetched = client.download_artifacts(run_id, "parts/large.bin", tempfile.mkdtemp())
assert filecmp.cmp(large, fetched, shallow=False)

repository = get_artifact_repository(client.get_run(run_id).info.artifact_uri)

# A damaged file is refused at the first request, with the reason; HOME is the server's data folder.
digest = hashlib.sha256(b'{"not": "parsed').hexdigest()
with open(os.path.join(os.environ["HOME"], "artifacts", "sha256", digest[:2], digest), "r+b") as stored:
    stored.write(b"X")
try:
    repository.download_artifacts("alone.json", tempfile.mkdtemp())
    sys.exit("damaged bytes were given out")
except Exception as refused:
    assert "410" in str(refused) and "damaged" in str(refused), refused

repository.delete_artifacts("tree/a.txt")
assert [item.path for item in client.list_artifacts(run_id, "tree")] == ["tree/sub dir"]
repository.delete_artifacts("tree")
assert "tree" not in {item.path for item in client.list_artifacts(run_id)}
client.log_artifact(run_id, os.path.join(work, "tree", "a.txt"), "tree")
assert [item.path for item in client.list_artifacts(run_id, "tree")] == ["tree/a.txt"]
repository.delete_artifacts()
assert client.list_artifacts(run_id) == []

print(json.dumps({"run_id": run_id}))
