/** Calls of MLflow's that Custody does not offer, by what they are for. Each call of MLflow's is offered or here. */
export interface NotOffered {
  readonly area: string;
  /** Which paths, after `/api/2.0/` or `/api/3.0/`. */
  readonly paths: RegExp;
  readonly why: string;
}

export const NOT_OFFERED: readonly NotOffered[] = [
  {
    area: 'Traces and assessments',
    paths: /^mlflow\/(traces|unified-traces|get-online-trace-details|get-trace-artifact)\b/,
    why: 'Observation of language-model applications; Custody keeps the records of models, and a trace can hold whatever a user typed.',
  },
  {
    area: 'Scorers, issues and online evaluation',
    paths: /^mlflow\/(scorers|scorer\/invoke|issues|genai|label-schemas|review-queues)\b/,
    why: 'They judge traces, which are not kept here.',
  },
  {
    area: 'Evaluation data sets',
    paths: /^mlflow\/datasets\b/,
    why: 'They are made of traces; data that models are trained on is logged with `log_input`, or kept under `/api/v1/datasets`.',
  },
  {
    area: 'AI gateway',
    paths: /^mlflow\/gateway(-proxy)?\b/,
    why: 'A proxy to model vendors with their keys in the server; Custody calls nobody on a client’s behalf.',
  },
  {
    area: 'Prompt optimisation and jobs',
    paths: /^mlflow\/(prompt-optimization|jobs|runs\/create-promptlab-run)\b/,
    why: 'They run code and call model vendors from the server.',
  },
  {
    area: 'Workspaces',
    paths: /^mlflow\/workspaces\b/,
    why: 'One server is one space; who may do what is said by roles.',
  },
  {
    area: 'GraphQL',
    paths: /^graphql$/,
    why: 'MLflow’s own UI uses it; Custody has one API, so that one guard stands before all data.',
  },
  {
    area: 'Signing up by oneself',
    paths: /^(signup|mlflow\/users\/create-ui)$/,
    why: 'An administrator makes accounts: who somebody is has to be known before they may do anything.',
  },
  {
    area: 'MLflow’s demo and its UI’s set-up',
    paths: /^mlflow\/(demo|ui-telemetry)\b/,
    why: 'They serve MLflow’s own UI.',
  },
  {
    area: 'Upload by MLflow’s UI',
    paths: /^mlflow\/upload-artifact$/,
    why: 'The proxy under `mlflow-artifacts` takes every file; a second way to the same bytes is a second guard to get wrong.',
  },
  {
    area: 'Data-set search, as MLflow registers it by mistake',
    paths: /^2\.0mlflow\//,
    why: 'A slash is missing in MLflow’s own path, which nobody calls; the UI’s call is `ajax-api/2.0/mlflow/experiments/search-datasets`.',
  },
];
