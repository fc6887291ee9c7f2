import { Answer, Call, Fields, Json } from './call.js';
import { Side } from './side.js';

let made = 0;

/**
 * The same call about things that exist and with names that are free, and the answers to it: where it fails
 * now, the form was at fault as well.
 */
export async function aboutWhatExists(
  call: Call,
  mlflow: Side,
  custody: Side,
): Promise<{ readonly call: Call; readonly mlflow: Answer; readonly custody: Answer }> {
  const name = `standing-${process.pid}-${made++}`;
  const sound = { ...corrected(call, name), binds: [] };
  const needed = JSON.stringify(sound);
  for (const [mark, make] of standing(name)) {
    if (!needed.includes(mark)) continue;
    for (const each of make) for (const side of [mlflow, custody]) await side.send(each);
  }
  return { call: sound, mlflow: await mlflow.send(sound), custody: await custody.send(sound) };
}

const RUN = '{{run#standing}}';
const EXPERIMENT = '{{exp#standing}}';
const MODEL = '{{model#standing}}';
const WEBHOOK = '{{webhook#standing}}';

type Making = readonly [mark: string, calls: readonly Call[]];
const post = (path: string, fields: Fields, symbol?: string, at: readonly string[] = []): Call => ({
  method: 'POST',
  path,
  fields,
  ...(symbol === undefined ? {} : { binds: [{ symbol: symbol.slice(2, -2), at }] }),
});
/** What has to be there, by the mark that shows that a call needs it. */
const standing = (name: string): readonly Making[] => [
  [EXPERIMENT, [post('experiments/create', { name }, EXPERIMENT, ['experiment_id'])]],
  [RUN, [post('runs/create', { experiment_id: '0', start_time: 1, run_name: 'r' }, RUN, ['run', 'info', 'run_id'])]],
  [MODEL, [post('logged-models', { experiment_id: '0', name: 'lm' }, MODEL, ['model', 'info', 'model_id'])]],
  [
    WEBHOOK,
    [
      post(
        'webhooks',
        { name, url: 'https://example.com/', events: [{ entity: 'REGISTERED_MODEL', action: 'CREATED' }] },
        WEBHOOK,
        ['webhook', 'webhook_id'],
      ),
    ],
  ],
  [
    `${name}-model`,
    [
      post('registered-models/create', { name: `${name}-model` }),
      post('model-versions/create', { name: `${name}-model`, source: 's3://bucket/standing' }),
    ],
  ],
];

const IDS: Readonly<Record<string, string>> = {
  run_id: RUN,
  run_ids: RUN,
  source_run_id: RUN,
  experiment_id: EXPERIMENT,
  experiment_ids: EXPERIMENT,
  model_id: MODEL,
};

function corrected(call: Call, name: string): Call {
  const creates = /^(registered-models|experiments)\/create$/.test(call.path);
  const registry = /^(registered-models|model-versions)\//.test(call.path);
  // A text that is empty is a field that is missing: a fault of the form, and kept.
  const known = (field: string, text: string): string => {
    if (text === '') return text;
    if (field === 'new_name' || (field === 'name' && creates)) return `${name}-free`;
    if (field === 'name' && registry) return `${name}-model`;
    if (field === 'version' && /^-?\d+$/.test(text)) return '1';
    if (field === 'source')
      return text
        .replace(/\{\{run#\w+\}\}|f{32}/, RUN)
        .replace(/\{\{model#\w+\}\}/, MODEL)
        .replace(/(?<=^models:\/)[^/{]+(?=\/\d+$)/, `${name}-model`);
    return IDS[field] ?? text;
  };
  const walk = (value: Json, field: string): Json => {
    if (typeof value === 'string') return known(field, value);
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return (value as readonly Json[]).map((item) => walk(item, field));
    return Object.fromEntries(Object.entries(value).map(([inner, each]) => [inner, walk(each, inner)]));
  };
  const path = call.path
    .replace(/^logged-models\/(?!search)[^/]+/, `logged-models/${MODEL}`)
    .replace(/^webhooks\/[^/]+/, `webhooks/${WEBHOOK}`);
  return { ...call, path, fields: walk(call.fields, '') as Fields };
}
