"""Nested runs, and searching runs into a data frame as a sweep does it."""

import mlflow
from common import connect, same, unique
from mlflow import MlflowClient
from mlflow.entities import ViewType

connect()
client = MlflowClient()
experiment = mlflow.set_experiment(unique("sweep"))

with mlflow.start_run(run_name="sweep") as parent:
    for trees in (50, 100, 200):
        for depth in (3, 5, 7):
            with mlflow.start_run(run_name=f"{trees}x{depth}", nested=True):
                mlflow.log_params({"n_estimators": trees, "max_depth": depth})
                mlflow.log_metric("f1", 0.8 + trees / 10_000 - abs(depth - 5) / 100)
                mlflow.set_tag("stage", "late" if trees == 200 else "early")

frame = mlflow.search_runs(
    filter_string=f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'", order_by=["metrics.f1 DESC"]
)
same(len(frame), 9, "nested runs")
same(list(frame["metrics.f1"]), sorted(frame["metrics.f1"], reverse=True), "order by f1")
best = frame.iloc[0]
same((best["params.n_estimators"], best["params.max_depth"]), ("200", "5"), "the best run")
same(best["tags.mlflow.runName"], "200x5", "its name")
same(str(frame["start_time"].dtype).startswith("datetime64"), True, "start_time is a time")
same(set(frame["status"]), {"FINISHED"}, "status")


def names(filter_string, **more):
    found = mlflow.search_runs(filter_string=filter_string, output_format="list", **more)
    return sorted(run.info.run_name for run in found)


same(names("metrics.f1 > 0.815 and params.max_depth = '5'"), ["200x5"], "metric and parameter")
same(names("metrics.f1 >= 0.82"), ["200x5"], "metric at the border")
same(names("tags.stage = 'late'"), ["200x3", "200x5", "200x7"], "tag")
same(names("tags.stage != 'late'"), ["100x3", "100x5", "100x7", "50x3", "50x5", "50x7"], "tag that is another")
same(names("attributes.run_name LIKE '50x%'"), ["50x3", "50x5", "50x7"], "LIKE")
same(names("attributes.run_name ILIKE '50X%'"), ["50x3", "50x5", "50x7"], "ILIKE")
ids = ", ".join(f"'{run_id}'" for run_id in frame["run_id"][:2])
same(len(names(f"attributes.run_id IN ({ids})")), 2, "IN of run ids")
same(len(names("attributes.status = 'FINISHED'")), 10, "status")
same(len(names("attributes.status = 'RUNNING'")), 0, "status that no run has")

# Pages: everything once, in the same order as at one go.
paged, token = [], None
while True:
    page = client.search_runs([experiment.experiment_id], order_by=["metrics.f1 ASC"], max_results=4, page_token=token)
    paged += [run.info.run_id for run in page]
    token = page.token
    if not token:
        break
whole = client.search_runs([experiment.experiment_id], order_by=["metrics.f1 ASC"])
same(paged, [run.info.run_id for run in whole], "pages")
same(len(paged), 10, "runs in all pages")

client.delete_run(best["run_id"])
same(len(names("tags.stage = 'late'")), 2, "runs after one was deleted")
same(names("", run_view_type=ViewType.DELETED_ONLY), ["200x5"], "deleted runs")
client.restore_run(best["run_id"])
same(len(names("tags.stage = 'late'")), 3, "runs after it was restored")
same(mlflow.search_experiments(filter_string=f"name = '{experiment.name}'")[0].experiment_id, experiment.experiment_id)
