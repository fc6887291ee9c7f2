import { DomainEvent, EventDefinition, JsonObject, Micros, ResourceRef } from '../core/index.js';

/** What is done to the evidence itself; a checkpoint is none of it (docs/decisions/evidence.md). */
export const EVIDENCE_STREAM = 'evidence';

/** Somebody had the log signed at once. The checkpoint has this event in it. */
export type CheckpointRequested = DomainEvent<'CheckpointRequested', { readonly origin: string }>;

/** The log has another key; the old ones sign beside it until a time. */
export type LogKeyRotated = DomainEvent<
  'LogKeyRotated',
  {
    readonly origin: string;
    readonly vkey: string;
    readonly oldVkeys: readonly string[];
    readonly oldUntil: Micros;
  }
>;

/** The log is not what was signed. Found when the tree was made again from it. */
export type LogMismatchFound = DomainEvent<
  'LogMismatchFound',
  { readonly origin: string; readonly size: number; readonly problem: string }
>;

export type EvidenceEvent = CheckpointRequested | LogKeyRotated | LogMismatchFound;

const log = ({ origin }: JsonObject): ResourceRef => ({ kind: 'log', id: origin as string });
const ORIGIN = 'custody.local/6f1d0c5be4a97c20';

export const evidenceEvents: readonly EventDefinition[] = [
  {
    type: 'CheckpointRequested',
    summary: 'Somebody had a checkpoint of the log signed at once.',
    stream: EVIDENCE_STREAM,
    resource: log,
    samples: [{ origin: ORIGIN }],
  },
  {
    type: 'LogKeyRotated',
    summary: 'The log got another signing key; the old ones sign beside it for a while.',
    stream: EVIDENCE_STREAM,
    resource: log,
    samples: [
      {
        origin: ORIGIN,
        vkey: `${ORIGIN}+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k`,
        oldVkeys: [`${ORIGIN}+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW`],
        oldUntil: 1767603600000000,
      },
    ],
  },
  {
    type: 'LogMismatchFound',
    summary: 'The log is not what was signed: a root that was computed again differs from a checkpoint.',
    stream: EVIDENCE_STREAM,
    resource: log,
    outcome: 'failed',
    samples: [
      { origin: ORIGIN, size: 1000, problem: 'the first 1000 events of the log are not those that were signed' },
    ],
  },
];
