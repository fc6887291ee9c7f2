"""A team at work: 50 runs at once, half from threads of one process, half from threads of five others.

MLflow's own server on SQLite does not bear it: its pool of connections runs out (the client is told BAD_REQUEST).
"""

import multiprocessing
import sys
from concurrent.futures import ThreadPoolExecutor

import mlflow
from common import connect, same, unique
from mlflow import MlflowClient

STEPS = 12
PROCESSES, EACH, THREADS = 5, 5, 25


def play(experiment_id, name):
    client = MlflowClient()
    run = client.create_run(experiment_id, run_name=name, tags={"who": name})
    client.log_param(run.info.run_id, "name", name)
    for step in range(STEPS):
        client.log_metric(run.info.run_id, "loss", hash_of(name) + step, step=step)
    client.set_terminated(run.info.run_id)
    return run.info.run_id


def hash_of(name):
    """A number of one's own, so that points in the wrong run would show."""
    return sum(map(ord, name)) * 1000


def play_some(uri, experiment_id, names):
    mlflow.set_tracking_uri(uri)
    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(lambda name: play(experiment_id, name), names))


if __name__ == "__main__":
    uri = connect()
    experiment_id = mlflow.create_experiment(unique("team"))
    process_names = [[f"process-{p}-{i}" for i in range(EACH)] for p in range(PROCESSES)]
    thread_names = [f"thread-{i}" for i in range(THREADS)]
    # Forked before any thread starts; the client makes a connection pool of its own in each process.
    context = multiprocessing.get_context("fork")
    others = [context.Process(target=play_some, args=(uri, experiment_id, names)) for names in process_names]
    for other in others:
        other.start()
    play_some(uri, experiment_id, thread_names)
    for other in others:
        other.join()
    if any(other.exitcode for other in others):
        sys.exit(f"processes ended with {[other.exitcode for other in others]}")

    client = MlflowClient()
    runs = client.search_runs([experiment_id], max_results=100)
    expected = sorted([*thread_names, *sum(process_names, [])])
    same(sorted(run.info.run_name for run in runs), expected, "names of the runs")
    same({run.info.status for run in runs}, {"FINISHED"}, "status of the runs")
    for run in runs:
        name = run.info.run_name
        same((run.data.params["name"], run.data.tags["who"]), (name, name), "parameter and tag")
        history = client.get_metric_history(run.info.run_id, "loss")
        points = sorted((point.step, point.value) for point in history)
        same(points, [(step, hash_of(name) + step) for step in range(STEPS)], f"points of {name}")
