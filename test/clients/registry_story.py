"""The registry, its prompts and its webhooks as MLflow's own client uses them. Any surprise ends it."""

import base64
import hashlib
import hmac
import http.server
import json
import os
import queue
import re
import threading
import warnings
from contextlib import contextmanager

warnings.filterwarnings("ignore")
import mlflow
import mlflow.genai
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

client = MlflowClient()


@contextmanager
def acting_as(role):
    before = {key: os.environ[key] for key in ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD")}
    os.environ["MLFLOW_TRACKING_USERNAME"] = os.environ[f"{role}_LOGIN"]
    os.environ["MLFLOW_TRACKING_PASSWORD"] = os.environ[f"{role}_PASSWORD"]
    try:
        yield
    finally:
        os.environ.update(before)


@contextmanager
def refused(code):
    try:
        yield
    except MlflowException as error:
        assert error.error_code == code, f"{error.error_code} instead of {code}: {error}"
    else:
        raise AssertionError(f"{code} was expected")


def models():
    experiment = client.create_experiment("registry story")
    with mlflow.start_run(experiment_id=experiment) as run:
        mlflow.log_text("artifact_path: model", "model/MLmodel")
    first = mlflow.register_model(f"runs:/{run.info.run_id}/model", "detector", tags={"made": "by hand"})
    assert (first.version, first.run_id, first.tags) == ("1", run.info.run_id, {"made": "by hand"}), first
    client.create_model_version("detector", f"runs:/{run.info.run_id}/model", run.info.run_id)
    client.set_registered_model_alias("detector", "shadow", 2)
    assert client.get_model_version_by_alias("detector", "shadow").version == "2"
    assert client.get_model_version_by_alias("detector", "latest").version == "2"
    assert client.get_registered_model("detector").aliases == {"shadow": "2"}
    with refused("INVALID_PARAMETER_VALUE"):
        client.set_registered_model_alias("detector", "v2", 2)
    with refused("INVALID_PARAMETER_VALUE"):
        client.get_model_version_by_alias("detector", "champion")
    with refused("PERMISSION_DENIED"):
        client.set_registered_model_alias("detector", "Champion", 2)
    with refused("PERMISSION_DENIED"):
        client.transition_model_version_stage("detector", 2, "Production")
    with acting_as("REVIEWER"):
        client.set_registered_model_alias("detector", "champion", 2)
    with refused("PERMISSION_DENIED"):
        client.delete_registered_model_alias("detector", "champion")
    with refused("PERMISSION_DENIED"):
        client.rename_registered_model("detector", "sentinel")
    with refused("PERMISSION_DENIED"):
        client.delete_model_version("detector", 2)

    copy = client.copy_model_version("models:/detector@champion", "production_detector")
    assert (copy.source, copy.run_id) == ("models:/detector/2", run.info.run_id), copy
    again = client.copy_model_version("models:/production_detector/1", "archive")
    for name in ("production_detector", "archive"):
        uri = client.get_model_version_download_uri(name, "1")
        assert re.fullmatch(r"mlflow-artifacts:/sealed/[0-9a-f]{64}", uri), uri
    folder = mlflow.artifacts.download_artifacts("models:/archive/1")
    assert os.listdir(folder)[0] == "MLmodel", os.listdir(folder)
    folder = mlflow.artifacts.download_artifacts("models:/detector@champion")
    assert "MLmodel" in os.listdir(folder), os.listdir(folder)
    assert again.version == "1"
    client.rename_registered_model("archive", "attic")
    assert client.transition_model_version_stage("attic", 1, "staging").current_stage == "Staging"
    assert [v.version for v in client.get_latest_versions("attic", ["Staging"])] == ["1"]
    client.delete_registered_model("attic")
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.get_registered_model("attic")
    for source in ("file:///etc/passwd", "/etc/passwd", "models:/detector/../1", "s3://bucket/%2e%2e/x"):
        with refused("INVALID_PARAMETER_VALUE"):
            client.create_model_version("detector", source)


def prompts():
    made = mlflow.genai.register_prompt("greeting", "Dear {{name}}", commit_message="first", tags={"tone": "kind"})
    assert (made.version, made.template, made.commit_message) == (1, "Dear {{name}}", "first"), made
    mlflow.genai.register_prompt("greeting", [{"role": "user", "content": "Hi {{name}}"}])
    assert mlflow.genai.load_prompt("prompts:/greeting/1").format(name="Ada") == "Dear Ada"
    assert mlflow.genai.load_prompt("prompts:/greeting@latest").version == 2
    mlflow.genai.set_prompt_alias("greeting", alias="draft", version=1)
    assert mlflow.genai.load_prompt("prompts:/greeting@draft").aliases == ["draft"]
    mlflow.genai.delete_prompt_alias("greeting", alias="draft")
    with refused("PERMISSION_DENIED"):
        mlflow.genai.set_prompt_alias("greeting", alias="production", version=1)
    mlflow.genai.set_prompt_tag("greeting", "team", "qc")
    assert mlflow.genai.get_prompt_tags("greeting")["team"] == "qc", mlflow.genai.get_prompt_tags("greeting")
    mlflow.genai.set_prompt_version_tag("greeting", 1, "checked", "yes")
    assert client.get_prompt_version("greeting", 1).tags["checked"] == "yes"
    assert [p.name for p in mlflow.genai.search_prompts()] == ["greeting"]
    assert [v.version for v in client.search_prompt_versions("greeting")] == [2, 1]
    assert "greeting" not in [m.name for m in client.search_registered_models()]
    with refused("RESOURCE_ALREADY_EXISTS"):
        client.create_registered_model("greeting")
    assert mlflow.genai.load_prompt("prompts:/none/1", allow_missing=True) is None
    for version in (1, 2):
        client.delete_prompt_version("greeting", str(version))
    client.delete_prompt("greeting")
    assert client.get_prompt("greeting") is None


def webhooks():
    received = queue.Queue()

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            received.put((self.headers, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"thanks")

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/hook"

    with refused("PERMISSION_DENIED"):
        client.create_webhook("pipeline", url, ["model_version.created"])
    with acting_as("ADMIN"):
        hook = client.create_webhook(
            "pipeline", url, ["model_version.created", "model_version_alias.created"], secret="s3cret"
        )
        assert hook.secret is None and [str(e) for e in hook.events][0] == "model_version.created", hook
        assert [h.name for h in client.list_webhooks()] == ["pipeline"]
        tested = client.test_webhook(hook.webhook_id)
        assert (tested.success, tested.response_status, tested.response_body) == (True, 200, "thanks"), tested
        received.get(timeout=60)
        for wrong in ("http://10.0.0.1/", "https://169.254.169.254/x", "file:///etc/passwd"):
            with refused("INVALID_PARAMETER_VALUE"):
                client.create_webhook("wrong", wrong, ["model_version.created"])
    with refused("PERMISSION_DENIED"):
        client.list_webhooks()

    client.create_registered_model("hooked")
    client.create_model_version("hooked", "s3://bucket/model")
    client.set_registered_model_alias("hooked", "shadow", 1)
    told = []
    for _ in range(2):
        headers, body = received.get(timeout=60)
        signed = f"{headers['X-MLflow-Delivery-Id']}.{headers['X-MLflow-Timestamp']}.".encode() + body
        digest = base64.b64encode(hmac.new(b"s3cret", signed, hashlib.sha256).digest()).decode()
        assert headers["X-MLflow-Signature"] == f"v1,{digest}"
        payload = json.loads(body)
        told.append((payload["entity"], payload["action"], payload["data"]["version"]))
    assert told == [("model_version", "created", "1"), ("model_version_alias", "created", "1")], told

    with acting_as("ADMIN"):
        assert client.update_webhook(hook.webhook_id, status="DISABLED").status == "DISABLED"
        client.delete_webhook(hook.webhook_id)
        with refused("RESOURCE_DOES_NOT_EXIST"):
            client.get_webhook(hook.webhook_id)
    server.shutdown()
    return hook.webhook_id


models()
prompts()
print(json.dumps({"webhook_id": webhooks()}))
