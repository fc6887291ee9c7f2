"""scikit-learn: autolog, logged and registered models, stages, aliases, and loading them back to predict."""

import mlflow
import numpy as np
from common import TREES, as_reviewer, connect, lims_samples, same, unique
from mlflow import MlflowClient
from mlflow.models import infer_signature
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

connect()
client = MlflowClient()
mlflow.set_experiment(unique("sklearn"))
x, y = lims_samples()
name = unique("water_quality")

# Autologging records parameters, metrics and the model of a fit, with nothing else said.
mlflow.sklearn.autolog(log_datasets=True, silent=True)
with mlflow.start_run(run_name="autologged") as automatic:
    LogisticRegression(C=0.5, max_iter=500).fit(x, y)
mlflow.sklearn.autolog(disable=True)
logged = client.get_run(automatic.info.run_id)
same(logged.data.params["C"], "0.5", "autologged parameter")
assert 0.5 < logged.data.metrics["training_accuracy_score"] <= 1, logged.data.metrics
same(logged.data.tags["estimator_name"], "LogisticRegression", "autologged tag")
same(len(logged.inputs.dataset_inputs), 1, "autologged data sets")
automatic_model = mlflow.pyfunc.load_model(f"runs:/{automatic.info.run_id}/model")
same(len(automatic_model.predict(x)), len(x), "predictions of the autologged model")

# A model that is logged and registered in one call …
with mlflow.start_run(run_name="baseline") as first_run:
    first = RandomForestClassifier(n_estimators=10, max_depth=3, random_state=1).fit(x, y)
    info = mlflow.sklearn.log_model(
        first,
        name="model",
        registered_model_name=name,
        signature=infer_signature(x, first.predict(x)),
        input_example=x.head(3),
        skops_trusted_types=TREES,
    )
    mlflow.log_metric("test_f1", 0.82)
same(str(info.registered_model_version), "1", "version of log_model(registered_model_name=…)")
# … and one that is logged first and registered later.
with mlflow.start_run(run_name="tuned") as second_run:
    second = RandomForestClassifier(n_estimators=20, max_depth=5, random_state=2).fit(x, y)
    signature = infer_signature(x, second.predict(x))
    mlflow.sklearn.log_model(second, name="model", signature=signature, skops_trusted_types=TREES)
registered = mlflow.register_model(f"runs:/{second_run.info.run_id}/model", name, tags={"purpose": "tuned"})
same(str(registered.version), "2", "version of register_model")
same(registered.run_id, second_run.info.run_id, "run of the version")
same(client.get_model_version(name, "2").tags["purpose"], "tuned", "tag of the version")

# The old version makes room in Production, and is kept.
client.transition_model_version_stage(name, "1", "Staging")
same([str(each.version) for each in client.get_latest_versions(name, ["Staging"])], ["1"], "latest in Staging")
with as_reviewer():
    client.transition_model_version_stage(name, "1", "Production")
    client.transition_model_version_stage(name, "2", "Production", archive_existing_versions=True)
same(client.get_model_version(name, "1").current_stage, "Archived", "stage of the old version")
same(client.get_model_version(name, "2").current_stage, "Production", "stage of the new version")

# What deployments load by is the reviewer's to say, too.
with as_reviewer():
    client.set_registered_model_alias(name, "champion", "2")
client.set_registered_model_alias(name, "challenger", "1")
same(str(client.get_model_version_by_alias(name, "champion").version), "2", "version of the alias")
aliases = {alias: str(version) for alias, version in client.get_registered_model(name).aliases.items()}
same(aliases, {"champion": "2", "challenger": "1"}, "aliases")

for uri, model in {
    f"models:/{name}/Production": second,
    f"models:/{name}/1": first,
    f"models:/{name}/2": second,
    f"models:/{name}@champion": second,
    f"models:/{name}@challenger": first,
    f"models:/{name}/latest": second,
    info.model_uri: first,
}.items():
    assert np.array_equal(mlflow.pyfunc.load_model(uri).predict(x), model.predict(x)), f"{uri} predicts something else"
native = mlflow.sklearn.load_model(f"models:/{name}@champion")
assert np.allclose(native.predict_proba(x), second.predict_proba(x), atol=1e-12), "probabilities differ"

client.delete_registered_model_alias(name, "challenger")
same(list(client.get_registered_model(name).aliases), ["champion"], "aliases after one is deleted")
same(mlflow.models.get_model_info(f"models:/{name}/1").signature.inputs.input_names(), list(x.columns), "signature")
