import { by, LISTED, NULLABLE, NUMERIC, TEXTUAL, themselves, Vocabulary } from '../vocabulary.js';

const text = { type: 'text', comparators: TEXTUAL } as const;
const time = { type: 'number', comparators: NUMERIC } as const;

export const RUNS: Vocabulary = {
  what: 'runs',
  prefixes: {
    attribute: 'attribute',
    attributes: 'attribute',
    attr: 'attribute',
    run: 'attribute',
    metric: 'metric',
    metrics: 'metric',
    param: 'param',
    params: 'param',
    parameter: 'param',
    parameters: 'param',
    tag: 'tag',
    tags: 'tag',
    dataset: 'dataset',
    datasets: 'dataset',
  },
  attributes: {
    run_id: { type: 'text', comparators: LISTED },
    run_name: { ...text, aliases: ['run name', 'Run name', 'Run Name'] },
    status: text,
    user_id: text,
    artifact_uri: text,
    start_time: { ...time, aliases: ['created', 'Created'] },
    end_time: time,
  },
  datasets: {
    name: { type: 'text', comparators: LISTED },
    digest: { type: 'text', comparators: LISTED },
    context: { type: 'text', comparators: LISTED },
  },
  metric: { type: 'number', comparators: NUMERIC },
  param: { type: 'text', comparators: NULLABLE },
  tag: { type: 'text', comparators: NULLABLE },
  order: {
    attributes: {
      ...themselves('run_id', 'run_name', 'status', 'user_id', 'artifact_uri', 'start_time', 'end_time'),
      created: 'start_time',
      Created: 'start_time',
    },
    keyed: ['metric', 'param', 'tag'],
    byDefault: [by('start_time', 'desc'), by('run_id', 'asc')],
    ties: [by('start_time', 'desc'), by('run_id', 'asc')],
  },
};
