import { DomainEvent, EventDefinition, Micros, toIso } from '../../core/index.js';
import { Action } from '../../http/index.js';

/** One stream a day (UTC): reads have no history to be decided on. */
export const readsStream = (now: Micros): string => `reads-${toIso(now).slice(0, 10)}`;

/** What one actor read of one thing by one route since the batch before. */
export interface ReadEntry {
  readonly action: Action;
  /** The route's template, never the address itself. */
  readonly route: string;
  /** Of a list, what it was taken from or what it lists; without an id, of everything that the reader may see. */
  readonly kind: string;
  readonly id?: string;
  /** A file within the thing. */
  readonly path?: string;
  /** Of a question, a keyed digest: the same question has the same one, and nobody can try out guesses. */
  readonly query?: string;
  /** Which fields the question had; never what was in them, since that may be about people. */
  readonly fields?: readonly string[];
  /** Requests that were answered. */
  readonly count: number;
  /** Rows that those answers held together, where they were lists. */
  readonly rows?: number;
  readonly first: Micros;
  readonly last: Micros;
}

/** The reader, and the client they used, are the event's actor and origin. */
export type ReadsRecorded = DomainEvent<
  'ReadsRecorded',
  { readonly count: number; readonly first: Micros; readonly last: Micros; readonly reads: readonly ReadEntry[] }
>;

const at = 1_767_603_600_000_000 as Micros;

const sample: ReadsRecorded['data'] = {
  count: 4,
  first: at,
  last: (at + 2_000_000) as Micros,
  reads: [
    {
      action: 'artifact:read',
      route: '/get-artifact',
      kind: 'run',
      id: '5f2c0d6c8f6d4a5e9b7f1a2b3c4d5e6f',
      path: 'model/model.ubj',
      count: 1,
      first: at,
      last: at,
    },
    {
      action: 'run:read',
      route: '/api/2.0/mlflow/runs/search',
      kind: 'experiment',
      id: '1',
      query: 'b0pXx1v1yqk8l9bqPZk0xW3sY3o4mJm6s2QpXwKc1dE',
      fields: ['experiment_ids', 'filter'],
      count: 3,
      rows: 120,
      first: at,
      last: (at + 2_000_000) as Micros,
    },
  ],
};

export const readsEvents: readonly EventDefinition[] = [
  {
    type: 'ReadsRecorded',
    summary: 'Someone read what is recorded: what, by which route, how often, and when first and last.',
    stream: 'reads-<yyyy-mm-dd>',
    resource: () => ({ kind: 'trail', id: 'reads' }),
    samples: [sample as unknown as EventDefinition['samples'][0]],
  },
];
