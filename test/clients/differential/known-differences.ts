import { DifferenceId } from '../../../src/app/compatibility/differences.js';
import { Answer, Call, Json } from './call.js';

/**
 * Where Custody answers otherwise than MLflow, on purpose: how to recognise it. What it means for users and
 * why it is so stands under the same id in `src/app/compatibility/differences.ts`, from which
 * `docs/mlflow-compatibility.md` is made. An entry excuses as little as it can.
 */
interface KnownDifference {
  readonly id: DifferenceId;
  /** Takes out of an answer what may differ. */
  readonly without?: (call: Call, body: Json) => Json;
  /** Or excuses two answers as a whole. */
  readonly excuses?: (call: Call, mlflow: Answer, custody: Answer) => boolean;
  /** Only if about things that exist both refuse the call for its form, or another difference explains that. */
  readonly twoFaults?: true;
}

type ErrorBody = { readonly error_code?: string; readonly message?: string };
const code = ({ body }: Answer): string | undefined => (body as ErrorBody | null)?.error_code;
const message = ({ body }: Answer): string => (body as ErrorBody | null)?.message ?? '';
const invalid = (answer: Answer): boolean => code(answer) === 'INVALID_PARAMETER_VALUE';
const notFound = (answer: Answer): boolean => code(answer) === 'RESOURCE_DOES_NOT_EXIST';
const exists = (answer: Answer): boolean => code(answer) === 'RESOURCE_ALREADY_EXISTS';
const done = (answer: Answer): boolean => answer.status === 200;
/** MLflow took what Custody refuses, with these words. */
const refusedWith =
  (words: RegExp) =>
  (_call: Call, mlflow: Answer, custody: Answer): boolean =>
    done(mlflow) && invalid(custody) && words.test(message(custody));

/** A body with every field of a name changed, or left out where the change gives `undefined`. */
function change(value: Json, field: string, to: (value: Json) => Json | undefined): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => change(item, field, to));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value as { readonly [name: string]: Json }).flatMap(([name, inner]) => {
      const changed = name === field ? to(inner) : change(inner, field, to);
      return changed === undefined ? [] : [[name, changed]];
    }),
  );
}
const isNothing = (value: Json | undefined): boolean => !value || (Array.isArray(value) && value.length === 0);
/** JSON in a text, without the spaces that Python puts into it. */
function compact(value: Json): Json {
  if (typeof value !== 'string' || !/^\[\{.*\}\]$/s.test(value)) return value;
  try {
    return JSON.stringify(JSON.parse(value));
  } catch {
    return value;
  }
}
const drop = (body: Json, field: string): Json => change(body, field, () => undefined);
const same = (body: Json, field: string): Json => change(body, field, () => `a value of ${field}`);

const LARGEST = new Map<Json, string>([
  [Number.MAX_VALUE, 'Infinity'],
  [-Number.MAX_VALUE, '-Infinity'],
]);
/** The lengths at which MLflow cuts what is logged to a run. */
const CUT = { params: 6000, tags: 8000 } as const;
/** A body with the values of a run's parameters or tags as long as MLflow keeps them. */
const cut = (body: Json, list: keyof typeof CUT): Json =>
  change(body, list, (entries) =>
    change(entries, 'value', (value) => (typeof value === 'string' ? value.slice(0, CUT[list]) : value)),
  );
/** Calls that create something together with its tags. */
const CREATES_WITH_TAGS = /^(runs|experiments|registered-models|model-versions)\/create$/;
/** Calls that name a run or a logged model beside the one that they are about. */
const NAMES_OTHERS =
  /^(model-versions\/create|logged-models|runs\/outputs|runs\/log-inputs|runs\/log-metric|runs\/log-batch)$/;
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  { id: 'no-workspaces', without: (_call, body) => drop(body, 'workspace') },
  {
    id: 'artifacts-through-the-server',
    without: (_call, body) => same(same(body, 'artifact_uri'), 'artifact_location'),
  },
  {
    id: 'versions-are-sealed',
    without: ({ path }, body) => (path === 'model-versions/get-download-uri' ? same(body, 'artifact_uri') : body),
  },
  { id: 'update-without-user', without: ({ path }, body) => (path === 'runs/update' ? drop(body, 'user_id') : body) },
  {
    id: 'update-with-versions',
    without: ({ path }, body) => (path === 'registered-models/update' ? drop(body, 'latest_versions') : body),
  },
  {
    id: 'infinity-stays-infinity',
    without: (_call, body) => change(body, 'value', (value) => LARGEST.get(value) ?? value),
  },
  {
    id: 'start-time',
    without: (_call, body) =>
      change(body, 'start_time', (value) =>
        typeof value === 'number' && value > 0 && value < 1_790_000_000_000 ? value : 'none was sent',
      ),
  },
  { id: 'no-server-errors', excuses: (_call, mlflow, custody) => mlflow.status >= 500 && custody.status < 500 },
  {
    id: 'no-database-errors',
    excuses: (_call, mlflow, custody) =>
      code(mlflow) === 'BAD_REQUEST' && /sqlite3/.test(message(mlflow)) && custody.status < 500,
  },
  {
    id: 'form-before-look-up',
    excuses: (_call, mlflow, custody) =>
      ((notFound(mlflow) || exists(mlflow)) && invalid(custody)) ||
      (invalid(mlflow) && (notFound(custody) || exists(custody))),
    twoFaults: true,
  },
  {
    id: 'history-of-no-run',
    excuses: ({ path }, mlflow, custody) => path === 'metrics/get-history' && done(mlflow) && notFound(custody),
  },
  {
    id: 'known-references',
    excuses: ({ path }, mlflow, custody) =>
      NAMES_OTHERS.test(path) &&
      done(mlflow) &&
      notFound(custody) &&
      /^(Run with id|Logged model with ID)/.test(message(custody)),
  },
  {
    id: 'source-names-its-owner',
    excuses: ({ path, fields }, mlflow, custody) =>
      path === 'model-versions/create' &&
      invalid(mlflow) &&
      ((!fields['model_id'] && /The model_id request parameter/.test(message(mlflow))) ||
        (!fields['run_id'] && /The run_id request parameter/.test(message(mlflow)))) &&
      // Custody goes on, and may miss the model that the version is to be of.
      (done(custody) || notFound(custody)),
  },
  {
    id: 'run-ids-are-hex',
    excuses: ({ path }, mlflow, custody) =>
      path === 'model-versions/create' &&
      // MLflow goes on, and may miss the model that the version is to be of.
      (done(mlflow) || notFound(mlflow)) &&
      invalid(custody) &&
      /^Invalid run id|runs:\/ is followed by a run id/.test(message(custody)),
  },
  { id: 'no-signed-urls' },
  // Of sizes that no random call has.
  { id: 'inputs-by-the-megabyte' },
  { id: 'creations-fit-an-event' },
  { id: 'long-addresses' },
  {
    id: 'one-error-class',
    without: ({ path }, body) => (path === 'logged-models/search' ? drop(drop(body, 'error_class'), 'sqlstate') : body),
  },
  {
    id: 'deleted-is-closed',
    excuses: ({ method, path }, mlflow, custody) =>
      /^(logged-models|runs\/|model-versions\/create)/.test(path) &&
      // Where MLflow goes on to look, it may miss something else: the tag that is to be deleted, the version's model.
      (done(mlflow) || (notFound(mlflow) && (method === 'DELETE' || path === 'model-versions/create'))) &&
      invalid(custody) &&
      /must be in the 'active' state/.test(message(custody)),
  },
  {
    id: 'path-names-the-model',
    excuses: ({ path }, mlflow, custody) =>
      /^logged-models\/./.test(path) &&
      /'model_id'/.test(message(mlflow)) &&
      (done(custody) || notFound(custody) || invalid(custody)),
  },
  {
    id: 'no-silent-cut',
    without: ({ path }, body) => (path.startsWith('runs/') ? cut(cut(body, 'params'), 'tags') : body),
  },
  {
    id: 'versions-tell-their-model',
    without: ({ path }, body) =>
      /^(model-versions|registered-models)\//.test(path)
        ? ['model_id', 'model_params', 'model_metrics'].reduce(drop, body)
        : body,
  },
  { id: 'filters-are-whole', excuses: refusedWith(/^Invalid filter string|contains duplicate fields/) },
  {
    id: 'search-without-limit',
    excuses: ({ path, fields }, mlflow, custody) =>
      path === 'experiments/search' &&
      isNothing(fields['max_results']) &&
      /'max_results'/.test(message(mlflow)) &&
      done(custody),
  },
  {
    id: 'model-inputs-in-search',
    without: ({ path }, body) => (path === 'runs/search' ? drop(body, 'model_inputs') : body),
  },
  { id: 'limits-are-positive', excuses: refusedWith(/'max_results'/) },
  { id: 'compact-history', without: (_call, body) => change(body, 'value', compact) },
  {
    id: 'keys-are-not-empty',
    excuses: (call, mlflow, custody) =>
      CREATES_WITH_TAGS.test(call.path) && refusedWith(/'(tags\[\d+\]\.)?key'/)(call, mlflow, custody),
  },
  {
    id: 'names-are-plain',
    excuses: (call, mlflow, custody) =>
      /^(registered-models|experiments)\/(create|rename|update)$/.test(call.path) &&
      refusedWith(/longer than 256 characters|control characters|must not be empty/)(call, mlflow, custody),
  },
  {
    id: 'texts-are-bounded',
    excuses: (call, mlflow, custody) =>
      refusedWith(/'(description|run_link|source)': it is longer than/)(call, mlflow, custody) ||
      (call.path.startsWith('logged-models') && refusedWith(/exceeds the maximum length/)(call, mlflow, custody)),
  },
  { id: 'batches-are-bounded', excuses: refusedWith(/must be at most \d+ bytes/) },
  {
    id: 'status-by-name',
    excuses: ({ path, fields }, mlflow, custody) =>
      path === 'logged-models/search' &&
      /\bstatus\b/.test(JSON.stringify(fields['filter'] ?? '')) &&
      isNothing((mlflow.body as { readonly models?: Json }).models) &&
      done(mlflow) &&
      done(custody),
  },
  {
    id: 'datasets-by-name',
    excuses: ({ path, fields }, mlflow, custody) =>
      path === 'logged-models/search' && !isNothing(fields['datasets']) && done(mlflow) && done(custody),
  },
  { id: 'enums-are-known', excuses: refusedWith(/must be one of/) },
  { id: 'safe-integers', excuses: refusedWith(/2\^53/) },
  { id: 'locations-are-plain', excuses: refusedWith(/parameter '(artifact_location|source)'/) },
  {
    id: 'in-use-stays',
    excuses: ({ method }, mlflow, custody) =>
      method === 'DELETE' && done(mlflow) && !done(custody) && /before it is deleted$/.test(message(custody)),
  },
  {
    id: 'types-are-checked',
    excuses: (call, mlflow, custody) =>
      call.mutated !== undefined &&
      refusedWith(new RegExp(`parameter '${call.mutated}[^']*': .*\\bmust be (a|an|true|either) `))(
        call,
        mlflow,
        custody,
      ),
  },
];

/** An answer without what may differ. */
export const comparable = (call: Call, { status, body }: Answer): Answer => ({
  status,
  body: KNOWN_DIFFERENCES.reduce((now, { without }) => without?.(call, now) ?? now, body),
});

type Played = { readonly call: Call; readonly mlflow: Answer; readonly custody: Answer };

const explains = ({ excuses }: KnownDifference, { call, mlflow, custody }: Played): boolean =>
  excuses?.(call, mlflow, custody) === true;
const simple = (played: Played): KnownDifference | undefined =>
  KNOWN_DIFFERENCES.find((each) => !each.twoFaults && explains(each, played));
const hasFormFault = (played: Played): boolean =>
  (invalid(played.mlflow) && invalid(played.custody)) || simple(played) !== undefined;

/**
 * The known difference that explains why these two answers are not the same; `undefined` when nothing does.
 * @param sound plays the same call about things that exist
 */
export async function excused(played: Played, sound: () => Promise<Played>): Promise<DifferenceId | undefined> {
  const found = simple(played);
  if (found) return found.id;
  const double = KNOWN_DIFFERENCES.find((each) => each.twoFaults && explains(each, played));
  return double && hasFormFault(await sound()) ? double.id : undefined;
}
