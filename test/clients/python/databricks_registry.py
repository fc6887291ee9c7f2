"""A laboratory's script with Databricks' own client, unmodified, against Custody."""

import json
import os
import sys

from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import NotFound, PermissionDenied
from databricks.sdk.service.ml import (
    ActivityType,
    HttpUrlSpec,
    RegistryWebhookEvent,
    RegistryWebhookStatus,
)

URL = sys.argv[1] if len(sys.argv) > 1 else os.environ["MLFLOW_TRACKING_URI"]
RECEIVER = os.environ["CUSTODY_TEST_RECEIVER"]
MODEL = "lims_contamination_detector"


def registry(name: str, auth: str = "basic"):
    """Somebody's client; the credentials come from the environment of the test."""
    if auth == "token":
        return WorkspaceClient(host=URL, token=os.environ[f"{name}_TOKEN"], auth_type="pat").model_registry
    who = {"username": os.environ[f"{name}_LOGIN"], "password": os.environ[f"{name}_PASSWORD"]}
    return WorkspaceClient(host=URL, auth_type="basic", **who).model_registry


def refused(call, *arguments, **named) -> str:
    try:
        call(*arguments, **named)
    except PermissionDenied as denied:
        return str(denied)
    raise AssertionError("was not refused")


ana, rex, ria, admin = (registry(name) for name in ("ANA", "REX", "RIA", "ADMIN"))

# Webhooks, told of what follows.
webhook = admin.create_webhook(
    [
        RegistryWebhookEvent.MODEL_VERSION_CREATED,
        RegistryWebhookEvent.TRANSITION_REQUEST_CREATED,
        RegistryWebhookEvent.MODEL_VERSION_TRANSITIONED_STAGE,
        RegistryWebhookEvent.COMMENT_CREATED,
    ],
    description="Starts the pipeline",
    http_url_spec=HttpUrlSpec(url=RECEIVER, secret="s3cret", authorization="Bearer t0ken"),
).webhook
assert webhook.status == RegistryWebhookStatus.ACTIVE, webhook
assert webhook.http_url_spec.url == RECEIVER, webhook
assert [each.id for each in admin.list_webhooks()] == [webhook.id]
assert list(admin.list_webhooks(events=[RegistryWebhookEvent.MODEL_VERSION_TAG_SET])) == []
tested = admin.test_registry_webhook(webhook.id, event=RegistryWebhookEvent.COMMENT_CREATED)
assert tested.status_code == 200, tested


# A model and two versions.
created = ana.create_model(MODEL, description="Flags contaminated samples").registered_model
assert created.name == MODEL, created
first = ana.create_model_version(MODEL, "s3://lab/model/1").model_version
second = ana.create_model_version(MODEL, "s3://lab/model/2").model_version
assert (first.version, second.version) == ("1", "2")
assert [model.name for model in ana.list_models()] == [MODEL]
found = ana.get_model(MODEL).registered_model_databricks
assert found.name == MODEL and found.id, found

# Comments, also where nothing is requested.
comment = ana.create_comment(MODEL, "1", "Sensitivity is lower on the second site").comment
changed = ana.update_comment(comment.id, "Sensitivity is lower on site 2").comment
assert changed.comment == "Sensitivity is lower on site 2", changed
assert "only whoever wrote" in refused(rex.update_comment, comment.id, "It is fine")
assert "only whoever wrote" in refused(rex.delete_comment, comment.id)
ana.delete_comment(comment.id)
try:
    ana.update_comment(comment.id, "back")
    raise AssertionError("a deleted comment was changed")
except NotFound:
    pass

# A stage that needs nobody.
moved = ana.transition_stage(MODEL, "1", "Staging", False, comment="first try").model_version_databricks
assert moved.current_stage == "Staging", moved

# Production needs two reviewers: asked for directly, the request is opened and named.
told = refused(ana.transition_stage, MODEL, "1", "Production", True, comment="It is ready")
assert "needs approval: request 1" in told, told
[request] = ana.list_transition_requests(MODEL, "1")
assert request.activity_type == ActivityType.REQUESTED_TRANSITION, request
assert request.to_stage == "Production", request

# The same again is the same request.
again = ana.create_transition_request(MODEL, "1", "Production", comment="It is ready").request
assert again.to_stage == "Production" and again.user_id == request.user_id, again
assert len(list(ana.list_transition_requests(MODEL, "1"))) == 1

# Nobody approves their own, a token signs nothing, a wrong flag is told, and it says why.
assert refused(ana.approve_transition_request, MODEL, "1", "Production", True, comment="mine")
assert "a token or a session is none" in refused(
    registry("REX", "token").approve_transition_request, MODEL, "1", "Production", True, comment="yes"
)
for arguments, named in (((MODEL, "1", "Production", False), {"comment": "x"}), ((MODEL, "1", "Production", True), {})):
    try:
        rex.approve_transition_request(*arguments, **named)
        raise AssertionError("was not refused")
    except PermissionDenied:
        raise
    except AssertionError:
        raise
    except Exception as error:
        assert "what was asked for" in str(error) or "give a comment" in str(error), error

approved = rex.approve_transition_request(MODEL, "1", "Production", True, comment="Evidence is complete").activity
assert approved.activity_type == ActivityType.APPROVED_REQUEST, approved
assert ana.get_model_version(MODEL, "1").model_version.current_stage == "Staging"
ria.approve_transition_request(MODEL, "1", "Production", True, comment="I agree")
assert ana.get_model_version(MODEL, "1").model_version.current_stage == "Production"
assert list(ana.list_transition_requests(MODEL, "1")) == []

# A rejection, and a request that is taken back.
ana.create_transition_request(MODEL, "2", "Production", comment="newer is better")
rejected = rex.reject_transition_request(MODEL, "2", "Production", comment="No test on site 2").activity
assert rejected.activity_type == ActivityType.REJECTED_REQUEST, rejected
ana.create_transition_request(MODEL, "2", "Production")
try:
    rex.delete_transition_request(MODEL, "2", "Production", os.environ["REX_LOGIN"])
    raise AssertionError("somebody else's request was taken back")
except NotFound:
    pass
assert refused(rex.delete_transition_request, MODEL, "2", "Production", os.environ["ANA_LOGIN"])
cancelled = ana.delete_transition_request(MODEL, "2", "Production", os.environ["ANA_LOGIN"], comment="later").activity
assert cancelled.activity_type == ActivityType.CANCELLED_REQUEST, cancelled
assert list(ana.list_transition_requests(MODEL, "2")) == []

# Webhooks again.
updated = admin.update_webhook(webhook.id, status=RegistryWebhookStatus.TEST_MODE).webhook
assert updated.status == RegistryWebhookStatus.TEST_MODE, updated
assert refused(ana.create_webhook, [RegistryWebhookEvent.COMMENT_CREATED], http_url_spec=HttpUrlSpec(url=RECEIVER))
print(json.dumps({"webhook_id": webhook.id}))
