"""The signature of a registered version, checked by OpenSSF's own package over what the client downloads."""

import os
import subprocess
import sys
from pathlib import Path

import mlflow
import model_signing
import requests
from common import connect, same, unique
from mlflow import MlflowClient

connect()
client = MlflowClient()
home = Path(os.environ["HOME"])
server = os.environ["MLFLOW_TRACKING_URI"]
login = (os.environ["MLFLOW_TRACKING_USERNAME"], os.environ["MLFLOW_TRACKING_PASSWORD"])


class Doubler(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input: list[float]) -> list[float]:
        return [2 * each for each in model_input]


def fetch(path: str, to: Path) -> Path:
    answer = requests.get(f"{server}/api/v1/{path}", auth=login, timeout=60)
    same(answer.status_code, 200, path)
    to.write_bytes(answer.content)
    return to


def by_command(model: Path, signature: Path, key: Path) -> bool:
    command = [sys.executable, "-m", "model_signing", "verify", "key", str(model)]
    done = subprocess.run(
        [*command, "--signature", str(signature), "--public_key", str(key)], capture_output=True, check=False
    )
    return done.returncode == 0


def by_library(model: Path, signature: Path, key: Path) -> bool:
    try:
        model_signing.verifying.Config().use_elliptic_key_verifier(public_key=key).verify(model, signature)
        return True
    except Exception:  # noqa: BLE001 (each release raises others)
        return False


def verdicts(*what: Path) -> list[bool]:
    return [by_command(*what), by_library(*what)]


mlflow.set_experiment(unique("signed"))
name = unique("signed")
with mlflow.start_run() as run:
    mlflow.pyfunc.log_model(name="model", python_model=Doubler(), registered_model_name=name)
    mlflow.log_text("weights of a model in one file", "weights.txt")
    mlflow.log_text("not part of the model", "folder/Übersicht & mehr.txt")
    mlflow.log_text("ignored", "folder/.gitignore")
client.create_model_version(name, f"runs:/{run.info.run_id}/weights.txt", run.info.run_id)
client.create_model_version(name, f"runs:/{run.info.run_id}/folder", run.info.run_id)

key = fetch("model-signing-keys/current", home / "custody.pub")
for version in ("1", "2", "3"):
    if version == "2":  # a model of one file, which the client downloads of the run only
        uri = f"runs:/{run.info.run_id}/weights.txt"
    else:
        uri = f"models:/{name}/{version}"
    model = Path(mlflow.artifacts.download_artifacts(uri, dst_path=str(home / version)))
    signature = fetch(f"models/{name}/versions/{version}/model.sig", home / f"{version}.sig")
    same(verdicts(model, signature, key), [True, True], f"version {version}")

model, signature = home / "1", home / "1.sig"
model = next(path.parent for path in model.rglob("MLmodel"))
print(f"model {model.relative_to(home)}")
print(f"name {name}")

same(verdicts(model, home / "3.sig", key), [False, False], "the signature of another version")
extra = model / "extra.py"
extra.write_text("import os")
same(verdicts(model, signature, key), [False, False], "an added file")
extra.unlink()
same(verdicts(model, signature, key), [True, True], "the same files again")
tampered = home / "tampered.sig"
text = signature.read_text()
at = text.index('"payload":"') + 200
tampered.write_text(text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :])
same(verdicts(model, tampered, key), [False, False], "an altered signature")
mlmodel = model / "MLmodel"
mlmodel.write_bytes(mlmodel.read_bytes() + b"\n")
same(verdicts(model, signature, key), [False, False], "a changed file")
