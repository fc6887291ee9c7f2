"""Random forest against XGBoost, side by side in one experiment; the better one is registered."""

import mlflow
import numpy as np
import xgboost
from common import FEATURES, TREES, connect, lims_samples, same, unique
from mlflow import MlflowClient
from mlflow.models import infer_signature
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score

connect()
client = MlflowClient()
experiment = mlflow.set_experiment(unique("forest_against_xgboost"))
x, y = lims_samples(count=400, seed=3)
train, test = slice(0, 300), slice(300, 400)
models = {
    "Random_Forest": RandomForestClassifier(n_estimators=30, max_depth=4, random_state=42),
    "XGBoost": xgboost.XGBClassifier(n_estimators=30, max_depth=3, random_state=42, n_jobs=1),
}
infos = {}
for kind, model in models.items():
    with mlflow.start_run(run_name=kind):
        model.fit(x[train], y[train])
        mlflow.set_tag("Model_Type", kind)
        mlflow.log_metric("test_f1", f1_score(y[test], model.predict(x[test])))
        for feature, importance in zip(FEATURES, model.feature_importances_):
            mlflow.log_metric(f"feature_importance/{feature}", float(importance))
        how = {"name": "model", "signature": infer_signature(x[test], model.predict(x[test]))}
        if kind == "XGBoost":
            infos[kind] = mlflow.xgboost.log_model(model, **how)
        else:
            infos[kind] = mlflow.sklearn.log_model(model, skops_trusted_types=TREES, **how)

table = mlflow.search_runs(order_by=["metrics.test_f1 DESC"]).set_index("tags.Model_Type")
same(set(table.index), set(models), "models side by side")
assert all(0.5 < f1 <= 1 for f1 in table["metrics.test_f1"]), table["metrics.test_f1"]
assert table["metrics.test_f1"].is_monotonic_decreasing, table["metrics.test_f1"]

best = table.index[0]
name = unique("best_detector")
version = mlflow.register_model(infos[best].model_uri, name)
same(client.get_model_version(name, version.version).run_id, table.loc[best, "run_id"], "run of the registered version")
predicted = mlflow.pyfunc.load_model(f"models:/{name}/{version.version}").predict(x[test])
assert np.array_equal(predicted, models[best].predict(x[test])), "the registered model predicts something else"

# Whichever won, XGBoost's own flavour brings back the same booster.
again = mlflow.xgboost.load_model(infos["XGBoost"].model_uri)
assert np.allclose(again.predict_proba(x[test]), models["XGBoost"].predict_proba(x[test]), atol=1e-9), "XGBoost"
flavors = mlflow.models.get_model_info(infos["XGBoost"].model_uri).flavors
same(sorted(flavors), ["python_function", "xgboost"], "flavours")
