import { by, NULLABLE, NUMERIC, TEXTUAL, themselves, Vocabulary } from '../vocabulary.js';

export const EXPERIMENTS: Vocabulary = {
  what: 'experiments',
  prefixes: { attribute: 'attribute', tag: 'tag', tags: 'tag' },
  attributes: {
    name: { type: 'text', comparators: TEXTUAL },
    experiment_id: { type: 'digits', comparators: ['=', '!=', 'IN', 'NOT IN'] },
    creation_time: { type: 'whole', comparators: NUMERIC },
    last_update_time: { type: 'whole', comparators: NUMERIC },
  },
  tag: { type: 'text', comparators: NULLABLE },
  order: {
    attributes: themselves('name', 'experiment_id', 'creation_time', 'last_update_time'),
    keyed: [],
    byDefault: [by('creation_time', 'desc'), by('experiment_id', 'asc')],
    ties: [by('experiment_id', 'desc')],
  },
};
