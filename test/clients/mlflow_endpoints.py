"""Writes docs/mlflow-endpoints.json: every call of the installed mlflow's server, with its version.

    .venv/bin/python test/clients/mlflow_endpoints.py
"""

import json
import os
import pathlib
import tempfile

import mlflow
from mlflow.server import app
from mlflow.server.handlers import get_endpoints

listed = {(method, path) for path, _, methods in get_endpoints() for method in methods}
# Flask has some more that are registered by hand: those that the UI and the client's download call.
OTHERS = ("/health", "/version", "/get-artifact", "/model-versions/get-artifact")
registered = {
    (method, rule.rule)
    for rule in app.url_map.iter_rules()
    for method in rule.methods - {"HEAD", "OPTIONS"}
}
further = {(m, p) for m, p in registered - listed if "api/" in p or p in OTHERS}
# The basic-auth application registers its calls as it starts, on a store of its own.
with tempfile.TemporaryDirectory() as folder:
    config = pathlib.Path(folder, "auth.ini")
    config.write_text(
        "[mlflow]\ndefault_permission = READ\nadmin_username = admin\nadmin_password = for this list only\n"
        f"database_uri = sqlite:///{folder}/auth.db\n"
    )
    os.environ["MLFLOW_AUTH_CONFIG_PATH"] = str(config)
    os.environ["MLFLOW_FLASK_SERVER_SECRET_KEY"] = "for this list only"
    from mlflow.server.auth import create_app

    create_app(app)
withauth = {
    (method, rule.rule)
    for rule in app.url_map.iter_rules()
    for method in rule.methods - {"HEAD", "OPTIONS"}
}
further |= {(m, p) for m, p in withauth - registered if p.startswith(("/api/", "/ajax-api/", "/signup"))}
calls = [{"method": method, "path": path} for method, path in sorted(listed | further, key=lambda call: call[::-1])]
target = pathlib.Path(__file__).parents[2] / "docs" / "mlflow-endpoints.json"
rows = ",\n".join("    " + json.dumps(call) for call in calls)
target.write_text(f'{{\n  "mlflow": "{mlflow.__version__}",\n  "calls": [\n{rows}\n  ]\n}}\n')
print(f"{len(listed)} listed and {len(further)} further calls of mlflow {mlflow.__version__}")
for method, path in sorted(further):
    print(method, path)
