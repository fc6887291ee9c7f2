import { by, LISTED, NUMERIC, themselves, Vocabulary } from '../vocabulary.js';

const text = { type: 'text', comparators: LISTED } as const;
const time = { type: 'number', comparators: NUMERIC } as const;

export const LOGGED_MODELS: Vocabulary = {
  what: 'logged models',
  prefixes: { attributes: 'attribute', metrics: 'metric', params: 'param', tags: 'tag' },
  attributes: {
    name: text,
    model_id: text,
    experiment_id: text,
    status: text,
    status_message: text,
    model_type: text,
    source_run_id: text,
    artifact_location: text,
    lifecycle_stage: text,
    creation_timestamp: { ...time, aliases: ['creation_time', 'creation_timestamp_ms'] },
    last_updated_timestamp: { ...time, aliases: ['last_updated_time', 'last_updated_timestamp_ms'] },
  },
  metric: { type: 'number', comparators: NUMERIC },
  param: text,
  tag: text,
  bareTexts: true,
  order: {
    attributes: {
      ...themselves('name', 'model_id', 'status', 'model_type', 'source_run_id', 'experiment_id'),
      ...themselves('creation_timestamp', 'last_updated_timestamp', 'artifact_location', 'status_message'),
      creation_time: 'creation_timestamp',
      creation_timestamp_ms: 'creation_timestamp',
      last_updated_time: 'last_updated_timestamp',
      last_updated_timestamp_ms: 'last_updated_timestamp',
    },
    keyed: ['metric'],
    byDefault: [by('creation_timestamp', 'desc'), by('model_id', 'asc')],
    ties: [by('creation_timestamp', 'desc'), by('model_id', 'asc')],
  },
};
