import { by, LISTED, NUMERIC, TEXTUAL, themselves, Vocabulary } from '../vocabulary.js';

const PREFIXES = { attribute: 'attribute', tag: 'tag', tags: 'tag' } as const;

export const REGISTERED_MODELS: Vocabulary = {
  what: 'registered models',
  prefixes: PREFIXES,
  attributes: { name: { type: 'text', comparators: LISTED } },
  tag: { type: 'text', comparators: TEXTUAL },
  order: {
    attributes: {
      name: 'name',
      timestamp: 'last_updated_timestamp',
      last_updated_timestamp: 'last_updated_timestamp',
    },
    keyed: [],
    byDefault: [by('name', 'asc')],
    ties: [by('name', 'asc')],
  },
};

export const MODEL_VERSIONS: Vocabulary = {
  what: 'model versions',
  prefixes: PREFIXES,
  attributes: {
    name: { type: 'text', comparators: LISTED },
    run_id: { type: 'text', comparators: LISTED },
    source_path: { type: 'text', comparators: TEXTUAL },
    version_number: { type: 'whole-or-quoted', comparators: NUMERIC },
  },
  tag: { type: 'text', comparators: TEXTUAL },
  order: {
    attributes: themselves('name', 'version_number', 'creation_timestamp', 'last_updated_timestamp'),
    keyed: [],
    byDefault: [by('last_updated_timestamp', 'desc'), by('name', 'asc'), by('version_number', 'desc')],
    ties: [by('name', 'asc'), by('version_number', 'desc')],
  },
};
