import { parse } from 'csv-parse/sync';
import { errors } from '../../core/index.js';
import { Team } from './accounts.js';
import { bar, bold, dim, green, heading, line, red, say, status, statusDone, table, yellow } from './print.js';

const EXPERIMENT = 'LIMS_Contamination_Detection';
const MODEL = 'lims_contamination_detector';
const FEATURES = ['ph_level', 'temperature', 'turbidity', 'processing_time'] as const;
const LABEL = 'is_contaminated';

const PARAMETERS = {
  n_estimators: 100,
  max_depth: 5,
  min_samples_split: 10,
  min_samples_leaf: 5,
  class_weight: 'balanced',
  random_state: 42,
};

const NEW_SAMPLES = [
  ['TEST001', 7.2, 4.0, 1.2, 2.5],
  ['TEST002', 7.1, 3.8, 0.8, 2.3],
  ['TEST003', 6.3, 15.0, 8.5, 6.0],
  ['TEST004', 7.3, 4.2, 1.0, 2.4],
  ['TEST005', 6.5, 12.5, 7.2, 5.5],
] as const;

interface Dataset {
  readonly dataset_id: string;
  readonly name: string;
  readonly sha256: string;
  readonly rows: number;
}
interface Job {
  readonly job_id: string;
  readonly run_id: string;
  readonly state: string;
  readonly model_version?: { readonly version: string };
  readonly reason?: string;
}
interface Run {
  readonly run: {
    readonly info: { readonly run_id: string; readonly run_name: string; readonly status: string };
    readonly data: {
      readonly metrics?: readonly { readonly key: string; readonly value: number }[];
      readonly params?: readonly { readonly key: string; readonly value: string }[];
      readonly tags?: readonly { readonly key: string; readonly value: string }[];
    };
  };
}
interface Version {
  readonly model_version: { readonly version: string; readonly current_stage: string };
}
interface Prediction {
  readonly sample_id: string;
  readonly predicted_class: number;
  readonly probability: number;
  readonly risk: 'LOW' | 'HIGH';
}
interface AuditEvent {
  readonly recorded_at: string;
  readonly actor: { readonly id: string; readonly name?: string };
  readonly on_behalf_of?: { readonly id: string; readonly name?: string };
  readonly action: string;
  readonly resource: { readonly kind: string; readonly id: string; readonly name?: string };
  readonly reason?: string;
}

export interface Data {
  readonly bytes: Buffer;
  readonly name: string;
  readonly source: string;
}

/** The laboratory's day, from samples to the auditor's question, over HTTP alone. */
export async function playStory(team: Team, data: Data): Promise<void> {
  const dataset = await registerData(team, data);
  const job = await train(team, dataset);
  const version = await promote(team, job);
  await predict(team);
  await audit(team, version);
}

async function registerData({ analyst }: Team, { bytes, name, source }: Data): Promise<Dataset> {
  heading(1, 'The data');
  const query = new URLSearchParams({ name, source });
  const dataset = await analyst.upload<Dataset>(
    `/api/v1/datasets?${query.toString()}`,
    bytes,
    'text/csv',
    'training data for the contamination model',
  );
  const rows = parse<Record<string, string>>(bytes, { columns: true, skip_empty_lines: true, bom: true });
  const contaminated = rows.filter((row) => row[LABEL] === '1').length;
  line('data set', `${dataset.name}  (${dataset.dataset_id})`);
  line('SHA-256 of its bytes', dataset.sha256);
  line('samples', dataset.rows);
  line('contamination rate', `${((100 * contaminated) / rows.length).toFixed(1)} %`);
  line('features', FEATURES.join(', '));
  console.log();
  const columns = Object.keys(rows[0] ?? {});
  table(
    columns,
    rows.slice(0, 5).map((row) => columns.map((column) => row[column] ?? '')),
  );
  return dataset;
}

async function train({ analyst }: Team, dataset: Dataset): Promise<Job> {
  heading(2, 'The training run');
  const requested = await analyst.post<Job>(
    '/api/v1/training-jobs',
    {
      dataset_id: dataset.dataset_id,
      experiment_name: EXPERIMENT,
      registered_model_name: MODEL,
      parameters: PARAMETERS,
      tags: trainingTags(),
    },
    'weekly training of the contamination model',
  );
  const job = await finished(requested.job_id, () => analyst.get<Job>(`/api/v1/training-jobs/${requested.job_id}`));
  const { run } = await analyst.get<Run>('/api/2.0/mlflow/runs/get', { run_id: job.run_id });
  line('run', `${run.info.run_name}  (${run.info.run_id})`);
  line('status', run.info.status);
  console.log(`\n   ${bold('Parameters')}`);
  for (const { key, value } of run.data.params ?? []) line(key, value);
  console.log(`\n   ${bold('Metrics')}`);
  for (const { key, value } of (run.data.metrics ?? []).filter(({ key }) => key.startsWith('test_')))
    line(key, value.toFixed(4));
  await printArtifacts(analyst, job);
  console.log(`\n   ${bold('Tags')}`);
  for (const { key, value } of (run.data.tags ?? []).filter(({ key }) => !key.startsWith('mlflow.'))) line(key, value);
  return job;
}

function trainingTags(): Readonly<Record<string, string>> {
  return {
    Project: 'Lab_Modernization',
    Analyst: 'Senior_DS_Lead',
    Model_Type: 'Random_Forest',
    Use_Case: 'Contamination_Detection',
    Training_Date: new Date().toISOString().slice(0, 10),
    Data_Source: 'LIMS_Silver_Layer_v2',
    PHI_Included: 'No',
    Approval_Status: 'Pending_Review',
    Reviewer: 'Clinical_Director',
  };
}

async function finished(jobId: string, look: () => Promise<Job>): Promise<Job> {
  const started = performance.now();
  for (;;) {
    const job = await look();
    if (job.state === 'succeeded') {
      statusDone();
      return job;
    }
    if (job.state === 'failed' || job.state === 'parked') {
      statusDone();
      throw errors.state(
        'training-failed',
        `training job ${jobId} ${job.state}: ${job.reason ?? 'no reason was recorded'}`,
      );
    }
    status(`training job ${jobId} is ${job.state} (${Math.round((performance.now() - started) / 1000)} s)`);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

async function printArtifacts(analyst: Team['analyst'], job: Job): Promise<void> {
  const experiment = await analyst.get<{ experiment: { experiment_id: string } }>(
    '/api/2.0/mlflow/experiments/get-by-name',
    { experiment_name: EXPERIMENT },
  );
  const root = `/api/2.0/mlflow-artifacts/artifacts/${experiment.experiment.experiment_id}/${job.run_id}/artifacts`;
  const csv = async (name: string) =>
    parse<Record<string, string>>(await analyst.text(`${root}/${name}`), { columns: true });
  console.log(`\n   ${bold('Feature importance')}`);
  for (const row of await csv('feature_importance.csv')) {
    const importance = Number(row['importance']);
    line(row['feature'] ?? '', `${importance.toFixed(4)}  ${dim(bar(importance))}`);
  }
  console.log(`\n   ${bold('Confusion matrix')}`);
  const matrix = await csv('confusion_matrix.csv');
  const columns = Object.keys(matrix[0] ?? {});
  table(
    columns,
    matrix.map((row) => columns.map((column) => row[column] ?? '')),
  );
}

async function promote({ analyst, reviewer }: Team, job: Job): Promise<string> {
  heading(3, 'The model version');
  const version = job.model_version?.version ?? '';
  line('registered', `${MODEL}, version ${version}`);
  const move = (who: Team['analyst'], stage: string, reason: string) =>
    who.post<Version>(
      '/api/2.0/mlflow/model-versions/transition-stage',
      { name: MODEL, version, stage, archive_existing_versions: stage === 'Production' },
      reason,
    );
  await move(analyst, 'Staging', 'ready for review');
  line('None → Staging', 'by the analyst');
  try {
    await move(analyst, 'Production', 'I would like to skip the review');
  } catch (error) {
    line(
      'Staging → Production',
      `${yellow('refused')} to the analyst, and recorded: ${(error as Error).message.split(': ').slice(1).join(': ')}`,
    );
  }
  await move(reviewer, 'Production', 'F1, recall and the confusion matrix reviewed; fit for use');
  line('Staging → Production', `${green('approved')} by the reviewer`);
  const all = await analyst.get<{ model_versions: readonly { version: string; current_stage: string }[] }>(
    '/api/2.0/mlflow/model-versions/search',
    { filter: `name='${MODEL}'` },
  );
  console.log();
  table(
    ['version', 'stage'],
    [...all.model_versions]
      .sort((a, b) => Number(a.version) - Number(b.version))
      .map((each) => [each.version, each.current_stage]),
  );
  return version;
}

async function predict({ analyst }: Team): Promise<void> {
  heading(4, 'New samples against the Production model');
  const samples = NEW_SAMPLES.map(([sample_id, ...values]) => ({
    sample_id,
    ...Object.fromEntries(FEATURES.map((feature, index) => [feature, values[index]])),
  }));
  const answer = await analyst.post<{ version: string; predictions: readonly Prediction[]; warning?: string }>(
    '/api/v1/predictions',
    { model: `models:/${MODEL}/Production`, samples },
    'samples of today',
  );
  const rows = answer.predictions.map(({ sample_id, predicted_class, probability, risk }, index) => [
    sample_id,
    ...NEW_SAMPLES[index]!.slice(1).map((value) => Number(value).toFixed(1)),
    predicted_class === 1 ? 'contaminated' : 'clean',
    `${(100 * probability).toFixed(1)} %`,
    risk,
  ]);
  table(['sample', 'ph', 'temp', 'turbidity', 'hours', 'predicted', 'probability', 'risk'], rows);
  if (answer.warning !== undefined) console.log(`\n   ${red(bold('WARNING'))} ${answer.warning}`);
}

async function audit({ auditor }: Team, version: string): Promise<void> {
  heading(5, 'The auditor asks: who trained what, and when?');
  const ask = (actions: readonly string[]) =>
    auditor.get<{ events: readonly AuditEvent[] }>(
      `/api/v1/audit/events?${actions.map((action) => `action=${action}`).join('&')}&order=asc&limit=1000`,
    );
  const { events } = await ask([
    'TrainingRequested',
    'TrainingSucceeded',
    'ModelVersionCreated',
    'ModelVersionStageChanged',
    'AccessDenied',
  ]);
  const person = (event: AuditEvent) => {
    const name = ({ id, name }: { id: string; name?: string }) => name ?? id;
    return event.on_behalf_of ? `${name(event.actor)} for ${name(event.on_behalf_of)}` : name(event.actor);
  };
  table(
    ['when (UTC)', 'who', 'what', 'on what', 'why'],
    events
      .slice(-12)
      .map((event) => [
        event.recorded_at.slice(0, 19).replace('T', ' '),
        person(event),
        event.action,
        `${event.resource.kind} ${event.resource.name ?? event.resource.id}`.slice(0, 44),
        (event.reason ?? '').slice(0, 48),
      ]),
  );
  if (events.length > 12) say(dim(`the last 12 of ${events.length}`));
  say(`\n   Version ${version} is in production; every line above is an event in the log that nobody can change.`);
}
