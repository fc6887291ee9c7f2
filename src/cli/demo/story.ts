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

/** Entries of the trail that are printed. */
const SHOWN = 12;
/** Below this the reviewer does not let a model decide about water. */
const LEAST_F1 = 0.8;

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
  readonly metrics?: { readonly test_f1?: number; readonly test_recall?: number };
  readonly dataset: { readonly name: string; readonly sha256: string };
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
  const promoted = await promote(team, job);
  if (promoted) await predict(team);
  await audit(team);
  const { version } = job.model_version!;
  const where = promoted ? 'is in production' : 'stays in Staging';
  say(`\n   Version ${version} ${where}; everything above is an event in the log that nobody can change.`);
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

/** The reviewer decides by the measured values. Answers whether the version went into Production. */
async function promote({ analyst, reviewer }: Team, job: Job): Promise<boolean> {
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
  const { test_f1: f1 = 0, test_recall: recall = 0 } = job.metrics ?? {};
  const measured = `F1 ${f1.toFixed(3)}, recall ${recall.toFixed(3)}`;
  if (f1 < LEAST_F1) {
    line('Staging → Production', `${yellow('declined')} by the reviewer: ${measured}, below F1 ${LEAST_F1}`);
    return false;
  }
  await move(reviewer, 'Production', `${measured} reviewed; fit for use`);
  line('Staging → Production', `${green('approved')} by the reviewer: ${measured}`);
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
  return true;
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

async function audit({ auditor }: Team): Promise<void> {
  heading(5, 'The auditor asks: who trained what, on which data, and when?');
  const actions = [
    'TrainingRequested',
    'TrainingSucceeded',
    'ModelVersionCreated',
    'ModelVersionStageChanged',
    'AccessDenied',
  ];
  const query = new URLSearchParams([...actions.map((action) => ['action', action]), ['limit', String(SHOWN)]]);
  const page = await auditor.get<{ events: readonly AuditEvent[]; next_page_token?: string }>(
    `/api/v1/audit/events?${query.toString()}`,
  );
  for (const event of [...page.events].reverse()) {
    say(`${event.recorded_at.slice(0, 19).replace('T', ' ')}  ${bold(event.action)} by ${personOf(event)}`);
    const { kind, id, name } = event.resource;
    say(`${' '.repeat(21)}${kind} ${name ?? id}${kind === 'job' ? await dataOf(auditor, id) : ''}`);
    if (event.reason !== undefined) say(dim(`${' '.repeat(21)}“${event.reason}”`));
  }
  if (page.next_page_token !== undefined) say(dim(`the newest ${SHOWN}; custody audit shows more`));
}

async function dataOf(auditor: Team['auditor'], jobId: string): Promise<string> {
  const { dataset } = await auditor.get<Job>(`/api/v1/training-jobs/${jobId}`);
  return ` on ${dataset.name} (SHA-256 ${dataset.sha256.slice(0, 16)}…)`;
}

function personOf({ actor, on_behalf_of }: AuditEvent): string {
  const name = ({ id, name }: { id: string; name?: string }) => name ?? id;
  return on_behalf_of ? `${name(actor)} for ${name(on_behalf_of)}` : name(actor);
}
