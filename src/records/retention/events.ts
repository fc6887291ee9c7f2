import { DomainEvent, EventDefinition } from '../../core/index.js';
import { CLASS_NAMES, RecordClass } from './classes.js';

/** HIPAA 164.316(b)(2)(i): documentation is kept for six years. Nobody sets less, however many approve. */
export const FLOOR_YEARS = 6;
export const FLOOR_LAW = 'HIPAA 164.316(b)(2)(i)';
export const DEFAULT_YEARS = 7;
export const MOST_YEARS = 100;
/** So long records are in the running log before a segment of them may be closed and archived. */
export const DEFAULT_ONLINE_DAYS = 730;
export const MOST_ONLINE_DAYS = 36_500;

export type RetentionChange =
  { readonly recordClass: RecordClass; readonly years: number } | { readonly onlineDays: number };

export type RetentionChanged = DomainEvent<
  'RetentionChanged',
  RetentionChange & { readonly from: number; readonly approvalId: string }
>;

export interface Retention {
  readonly years: Readonly<Record<RecordClass, number>>;
  readonly onlineDays: number;
}

export const BUILT_IN: Retention = {
  years: Object.fromEntries(CLASS_NAMES.map((name) => [name, DEFAULT_YEARS])) as Record<RecordClass, number>,
  onlineDays: DEFAULT_ONLINE_DAYS,
};

export function evolve(retention: Retention, { data }: RetentionChanged): Retention {
  if ('onlineDays' in data) return { ...retention, onlineDays: data.onlineDays };
  return { ...retention, years: { ...retention.years, [data.recordClass]: data.years } };
}

export const RETENTION = 'retention';
export const retentionResource = (id: string) => ({ kind: 'retention', id });

export const retentionEvents: readonly EventDefinition[] = [
  {
    type: 'RetentionChanged',
    summary:
      'For how long records of a class are kept, or how long they are in the running log, was changed by an approval.',
    stream: RETENTION,
    resource: ({ recordClass = 'online' }) => retentionResource(recordClass as string),
    samples: [{ recordClass: 'training', from: 7, years: 10, approvalId: 'ap-01890a5d-ac96-774b-bcce-b302099a8058' }],
  },
];
