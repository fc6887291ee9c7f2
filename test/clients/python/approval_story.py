"""An unchanged MLflow script that asks for Production where promotions take approvals: it starts the workflow.

Who signs in comes from MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD. `ask` trains, registers and asks;
`see VERSION OLD` looks at what became of it. `train` and `promote RUN` are the same by two people.
"""

import json
import re
import sys

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

NAME = "lims_contamination_detector"
mlflow.set_tracking_uri(sys.argv[1])
client = MlflowClient()


def refused(call, *args, **more):
    try:
        call(*args, **more)
    except MlflowException as error:
        assert error.error_code == "PERMISSION_DENIED", error
        return str(error)
    raise AssertionError("it was not refused")


def train():
    with mlflow.start_run() as run:
        mlflow.log_param("n_estimators", 100)
        mlflow.log_metric("test_f1", 0.93)
        # On a run, the laboratory's own tags are free.
        mlflow.set_tags({"Approval_Status": "Pending_Review", "Reviewer": "Clinical_Director"})
        mlflow.log_text("flavors: {}\n", "model/MLmodel")
    return run.info.run_id


def ask():
    if not client.search_registered_models(f"name = '{NAME}'"):
        client.create_registered_model(NAME)
    run_id = train()
    version = client.create_model_version(NAME, f"runs:/{run_id}/model", run_id).version
    told = refused(client.transition_model_version_stage, NAME, version, "Production", archive_existing_versions=True)
    number = re.search(r"request (\d+) \(ap-[0-9a-f-]+\) is open and waits for 2 reviewers", told).group(1)
    assert "/api/v1/approvals/ap-" in told, told
    # Asking again asks for the same.
    again = refused(client.transition_model_version_stage, NAME, version, "Production", archive_existing_versions=True)
    assert f"request {number} " in again, again
    alias = refused(client.set_registered_model_alias, NAME, "champion", version)
    assert re.search(r"alias champion of \S+ to version \d+ needs approval: request \d+ ", alias), alias
    forged = refused(client.set_model_version_tag, NAME, version, "Approval_Status", "Approved")
    assert "approval workflow" in forged, forged
    refused(client.delete_model_version_tag, NAME, version, "Approval_Status")
    refused(client.set_registered_model_tag, NAME, "Reviewer", "me")
    assert client.get_model_version(NAME, version).current_stage == "None"
    print(json.dumps({"version": version, "number": int(number)}))


def promote(run_id):
    if not client.search_registered_models(f"name = '{NAME}'"):
        client.create_registered_model(NAME)
    version = client.create_model_version(NAME, f"runs:/{run_id}/model", run_id).version
    told = refused(client.transition_model_version_stage, NAME, version, "Production", archive_existing_versions=True)
    number = re.search(r"request (\d+) \(ap-[0-9a-f-]+\) is open and waits for 2 reviewers", told).group(1)
    print(json.dumps({"version": version, "number": int(number)}))


def see(version, old):
    found = client.get_model_version(NAME, version)
    assert found.current_stage == "Production", found
    assert found.tags["Approval_Status"] == "Approved", found.tags
    assert len(found.tags["Approved_By"].split(", ")) == 2, found.tags
    if old:
        assert client.get_model_version(NAME, old).current_stage == "Archived"
    assert client.get_latest_versions(NAME, ["Production"])[0].version == version
    assert mlflow.artifacts.load_text(f"models:/{NAME}/Production/MLmodel") == "flavors: {}\n"


match sys.argv[2:]:
    case ["ask"]:
        ask()
    case ["train"]:
        print(train())
    case ["promote", run]:
        promote(run)
    case ["see", new, before]:
        see(new, before)
