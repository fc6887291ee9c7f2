/** One way in which Custody answers otherwise than MLflow, on purpose. */
export interface Difference {
  /** MLflow's paths that it concerns, without `/api/2.0/mlflow/`; empty when it concerns all. */
  readonly calls: readonly string[];
  readonly what: string;
  readonly why: string;
}

/**
 * The differences that users of an MLflow client may notice. The differential test recognises each by its
 * id and fails on any other.
 */
export const DIFFERENCES = {
  'no-workspaces': {
    calls: ['experiments/get', 'experiments/get-by-name', 'experiments/search'],
    what: 'Experiments are answered without `workspace`.',
    why: 'Custody has one space for all; clients take such an experiment for one in the default workspace.',
  },
  'artifacts-through-the-server': {
    calls: ['experiments/create', 'runs/create', 'runs/get', 'artifacts/list'],
    what: 'A run’s artifact URI is always `mlflow-artifacts:/<experiment>/<run>/artifacts`, also in an experiment with a location of its own.',
    why: 'Only bytes that go through the server are recorded with their digest and the person who sent them.',
  },
  'versions-are-sealed': {
    calls: ['model-versions/get-download-uri'],
    what: 'A version’s files are read from `mlflow-artifacts:/sealed/<digest>`: they are what they were when it was made. A version without any files at first reads its source until it is promoted; files that come after that are not part of it.',
    why: 'In MLflow a version only names a folder, and who may write there can replace a model after its review.',
  },
  'locations-are-plain': {
    calls: ['experiments/create', 'model-versions/create'],
    what: 'An artifact location or a version’s source with `..`, `?`, `#`, percent-encoded characters (`%20` too) or a path on the server’s own disk is refused. A source in a foreign store is one of `s3`, `gs`, `wasb` or `wasbs`; others that MLflow takes (`dbfs:`, `az:`) are not.',
    why: 'Such locations were the way into MLflow servers more than once, and what one client reads otherwise than the next says nothing about where a model comes from.',
  },
  'update-without-user': {
    calls: ['runs/update'],
    what: '`run_info.user_id` is empty in the answer; `runs/get` has it.',
    why: 'A person’s name is sealed in the log, and a write does not open it.',
  },
  'update-with-versions': {
    calls: ['registered-models/update'],
    what: 'The answer has the model’s `latest_versions` as well.',
    why: 'A model is answered the same way by every call.',
  },
  'infinity-stays-infinity': {
    calls: ['runs/get', 'runs/search', 'metrics/get-history'],
    what: 'An infinite metric is answered as `"Infinity"` or `"-Infinity"`.',
    why: 'MLflow’s SQL store puts the largest double in its place; Custody keeps what was logged.',
  },
  'start-time': {
    calls: ['runs/create'],
    what: 'A run that is created without `start_time` starts when the server took the call; MLflow says 0.',
    why: 'A time that nobody meant helps nobody; clients always send it.',
  },
  'no-server-errors': {
    calls: [],
    what: 'Requests that make no sense get a 4xx that names the field where MLflow answers 500.',
    why: 'A client repeats a 500, and what can’t work should not be repeated.',
  },
  'no-database-errors': {
    calls: ['experiments/update', 'runs/create'],
    what: 'A name that is taken is `RESOURCE_ALREADY_EXISTS`, and a run without an experiment goes into the default one, where MLflow passes on its database’s error as `BAD_REQUEST`.',
    why: 'The words of a database are no answer.',
  },
  'form-before-look-up': {
    calls: [],
    what: 'Of two faults in one request, a wrong form and an id that nobody has or a name that is taken, Custody may name the other one.',
    why: 'A request’s form is checked before anything is looked up.',
  },
  'history-of-no-run': {
    calls: ['metrics/get-history'],
    what: 'The history of a run that does not exist is `RESOURCE_DOES_NOT_EXIST`; MLflow answers an empty one.',
    why: 'A misspelt id must not look like a run without metrics.',
  },
  'known-references': {
    calls: [
      'model-versions/create',
      'logged-models',
      'runs/outputs',
      'runs/log-inputs',
      'runs/log-metric',
      'runs/log-batch',
    ],
    what: 'A run or logged model that a call names beside its own (`run_id` of a version, `source_run_id`, `model_id` of outputs, inputs and metrics) has to exist.',
    why: 'Where something comes from is what the record is asked for.',
  },
  'one-error-class': {
    calls: ['logged-models/search'],
    what: '`error_class` and `sqlstate` follow from the error code; MLflow’s search of logged models has finer ones.',
    why: 'Programs tell errors apart by `error_code`.',
  },
  'deleted-is-closed': {
    calls: [
      'logged-models/:',
      'logged-models/:/params',
      'logged-models/:/tags',
      'runs/outputs',
      'model-versions/create',
      'runs/update',
      'runs/set-tag',
      'runs/log-metric',
      'runs/log-batch',
      'runs/log-parameter',
      'runs/restore',
    ],
    what: 'Nothing can be written to a logged model or run that is deleted, or whose experiment is, and no version is made from a deleted run. A run of a deleted experiment is restored with that, not alone.',
    why: 'What was deleted stays as it was, as MLflow has it for runs.',
  },
  'source-names-its-owner': {
    calls: ['model-versions/create'],
    what: 'A source `models:/m-…` needs no `model_id` beside it, and `runs:/…` and `mlflow-artifacts:/…` no `run_id`; MLflow wants both.',
    why: 'One name is enough; clients send both.',
  },
  'run-ids-are-hex': {
    calls: ['model-versions/create'],
    what: 'A `run_id`, or a source `runs:/…`, with what can’t be a run’s id (32 hex digits) is refused.',
    why: 'Where a version comes from is what the registry is asked for.',
  },
  'path-names-the-model': {
    calls: ['logged-models/:', 'logged-models/:/params', 'logged-models/:/tags'],
    what: 'The model is the one in the path; MLflow wants its id in the body as well.',
    why: 'One name is enough; clients send both.',
  },
  'no-silent-cut': {
    calls: ['runs/log-parameter', 'runs/log-batch'],
    what: 'A parameter’s value of more than 6,000 characters, or a run tag’s of more than 8,000, is kept whole, up to 100,000; MLflow cuts it and says so in its own log only.',
    why: 'No record is shorter than what was sent.',
  },
  'versions-tell-their-model': {
    calls: ['model-versions/create', 'model-versions/get', 'model-versions/search'],
    what: 'A version of a logged model is answered with its `model_id`, and by `get` with `model_params` and `model_metrics`.',
    why: 'The protocol has the fields; MLflow’s own server leaves them empty.',
  },
  'search-without-limit': {
    calls: ['experiments/search'],
    what: 'Without `max_results` the first 1,000 are answered; MLflow wants the field.',
    why: 'Every other search of MLflow’s has such a default.',
  },
  'model-inputs-in-search': {
    calls: ['runs/search'],
    what: 'A run in a search shows its `model_inputs` as `runs/get` does.',
    why: 'A run is answered the same way by every call.',
  },
  'compact-history': {
    calls: ['runs/log-model'],
    what: 'The tag `mlflow.log-model.history` is JSON without spaces, and has an entry that is sent twice once.',
    why: 'A client that repeats a call after a time-out must not change anything.',
  },
  'limits-are-positive': {
    calls: ['logged-models/search'],
    what: 'A negative `max_results` is refused.',
    why: 'MLflow answers a page token that begins before the first model.',
  },
  'filters-are-whole': {
    calls: [
      'runs/search',
      'experiments/search',
      'registered-models/search',
      'model-versions/search',
      'logged-models/search',
    ],
    what: 'A filter that ends in `AND`, or has clauses without `AND` or with two between them, is refused, as is an order that names one thing twice.',
    why: 'What is not understood is not guessed.',
  },
  'keys-are-not-empty': {
    calls: ['runs/create', 'experiments/create', 'registered-models/create', 'model-versions/create'],
    what: 'A tag without a key, or with one that its own set-tag call refuses, is refused at creation too.',
    why: 'It could never be changed or deleted.',
  },
  'names-are-plain': {
    calls: ['registered-models/create', 'registered-models/rename', 'experiments/create', 'experiments/update'],
    what: 'A registered model’s name has at most 256 characters, which MLflow’s schema declares and SQLite does not enforce, and no line breaks or other control characters. An experiment’s name is not all blanks.',
    why: 'The same log must be accepted by every store, and a name must be readable where it is reported.',
  },
  'texts-are-bounded': {
    calls: [
      'registered-models/create',
      'registered-models/update',
      'model-versions/create',
      'model-versions/update',
      'logged-models',
      'logged-models/:/params',
      'logged-models/:/tags',
    ],
    what: 'A description has at most 100,000 characters, a `run_link` and a source 2,048; names, types and keys of a logged model have what MLflow’s schema declares and SQLite does not enforce (500, 255).',
    why: 'An event that could not be stored must not be accepted.',
  },
  'batches-are-bounded': {
    calls: ['runs/log-batch'],
    what: 'A batch of more than 1,000,000 bytes is refused. MLflow documents the same limit and does not enforce it.',
    why: 'One request must not hold up the others; clients split what is larger.',
  },
  'status-by-name': {
    calls: ['logged-models/search'],
    what: "A filter on `status` compares with the name (`status = 'READY'`). MLflow compares with a number that its protocol does not show, and a name finds nothing.",
    why: 'The filter says what the answer says.',
  },
  'datasets-by-name': {
    calls: ['logged-models/search'],
    what: 'An entry of `datasets` without `dataset_digest` means every data set of that name; MLflow’s server takes it for points without a digest.',
    why: 'It is what its protocol says.',
  },
  'enums-are-known': {
    calls: ['runs/update', 'runs/search', 'experiments/search'],
    what: 'A status or view type that does not exist is refused; MLflow ignores it.',
    why: 'A run that was meant to be ended must not stay running.',
  },
  'safe-integers': {
    calls: ['runs/log-metric', 'runs/log-batch', 'runs/create', 'runs/update'],
    what: 'Times and steps beyond ±(2^53 − 1) are refused.',
    why: 'Beyond it JSON readers round, and the answer would not be what was sent.',
  },
  'no-signed-urls': {
    calls: ['artifacts/presigned-upload-url', 'artifacts/presigned-download-url'],
    what: 'No URL is signed for a direct transfer; the answer says so as a server does whose store can’t, and clients go through the proxy.',
    why: 'Bytes that pass by the server can be neither digested nor recorded.',
  },
  'inputs-by-the-megabyte': {
    calls: ['runs/log-inputs'],
    what: 'A call has at most 8 MiB, so a data set’s profile near MLflow’s limit of 16 MB is refused. Of a call larger than 880,000 bytes an outage may leave the first data sets recorded; the same call again adds the others.',
    why: 'An append to the log is bounded, and so is what a server reads before it knows from whom.',
  },
  'creations-fit-an-event': {
    calls: [
      'experiments/create',
      'runs/create',
      'registered-models/create',
      'model-versions/create',
      'logged-models',
      'logged-models/:/params',
    ],
    what: 'All tags, parameters and texts that one call brings along have together at most 800,000 bytes (of a run or logged model 880,000); more is refused by the field’s name, and can be set by further calls.',
    why: 'A creation is recorded as a whole or not at all.',
  },
  'long-addresses': {
    calls: [],
    what: 'An address with its headers has at most 384 KiB; beyond it the answer is 431 `BAD_REQUEST`.',
    why: 'That holds the longest filter and page token there are; a connection must not hold more of the server’s memory before it has said anything.',
  },
  'in-use-stays': {
    calls: ['model-versions/delete', 'registered-models/delete'],
    what: 'A version in Production, or under an alias that deployments load (`champion`, `production`), can’t be deleted, nor the model around it, until it is taken out of there.',
    why: 'What is in use must not vanish from under those who use it.',
  },
  'levels-are-roles': {
    calls: ['users/permissions/grant', 'users/permissions/get', 'roles/permissions/add', 'roles/permissions/update'],
    what: '`READ` and `USE` give what a viewer may there, `EDIT` and `MANAGE` what an analyst may. `MANAGE` neither lets its holder give rights to others nor promote; both take a right that only an administrator gives. `DENY` can’t be granted.',
    why: 'Who trained a model must not be the one who promotes it, and rights are given by those who answer for them. Everything that is not granted is denied already.',
  },
  'denied-by-default': {
    calls: ['users/create', 'users/permissions/get', 'users/list', 'roles/list', 'roles/get'],
    what: 'There is no default permission: a new user may do nothing until somebody gives them a role or permission, and creating an experiment or model gives none. Users and roles are shown to those who may see accounts.',
    why: 'A right that nobody has given can’t be reviewed.',
  },
  'permissions-by-id': {
    calls: ['users/permissions/grant', 'users/permissions/revoke', 'roles/permissions/add'],
    what: 'Permissions are for experiments and registered models (prompts among them) that exist, or for `*`, all of them. They stay with the thing when its name changes, and never pass to another that takes the name.',
    why: 'A right for a name is a right for whatever will be called so.',
  },
  'users-are-verified': {
    calls: ['users/create'],
    what: 'A new user may set their password and nothing more until an administrator has recorded how it was verified who they are (`custody user verify`, or `POST /api/v1/users/{id}/identity-verification`).',
    why: 'A record that says who acted is worth what is known about that person (21 CFR 11.100(b)).',
  },
  'chosen-passwords-work-once': {
    calls: ['users/create', 'users/update-password'],
    what: 'A password that an administrator chose is good for one call, `users/update-password` by the person themselves; the rules for passwords are the installation’s.',
    why: 'A password that two people know proves nothing about who acted.',
  },
  'users-are-disabled': {
    calls: ['users/delete', 'users/create'],
    what: 'A deleted user is disabled for good, and the name is never given to anyone else. Names are the same whatever their case.',
    why: 'An identity that is used again makes the record say what is not true.',
  },
  'admin-is-for-accounts': {
    calls: ['users/update-admin'],
    what: 'An administrator manages accounts and webhooks, and may neither train nor promote. Nobody changes their own rights.',
    why: 'No one person can do everything, and somebody is always left who can give rights.',
  },
  'one-workspace': {
    calls: ['roles/create', 'roles/list'],
    what: 'The workspace of a role is `default`; there is no other.',
    why: 'Custody has one space for all.',
  },
  'types-are-checked': {
    calls: [],
    what: 'A value of the wrong type is refused by its field’s name wherever MLflow takes it for empty.',
    why: 'A record must not silently lack what was sent.',
  },
} as const satisfies Readonly<Record<string, Difference>>;

export type DifferenceId = keyof typeof DIFFERENCES;
