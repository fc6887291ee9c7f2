import { DomainEvent, EventDefinition, Micros, never } from '../../core/index.js';

export type Finding = 'damaged' | 'missing';

/** Stored bytes are not what the log says; whoever asked for them was refused. */
export type ArtifactDamageFound = DomainEvent<
  'ArtifactDamageFound',
  {
    readonly sha256: string;
    readonly finding: Finding;
    /** The digest of what is there instead; none when nothing is. */
    readonly actual?: string;
    readonly foundAt: Micros;
  }
>;

export type BytesEvent = ArtifactDamageFound;

/** What was last found wrong with these bytes. */
export type BytesState = ArtifactDamageFound['data'] | undefined;

export function evolve(_state: BytesState, event: BytesEvent): BytesState {
  switch (event.type) {
    case 'ArtifactDamageFound':
      return event.data;
    default:
      return never(event.type);
  }
}

export const bytesEvents: readonly EventDefinition[] = [
  {
    type: 'ArtifactDamageFound',
    summary: 'Stored bytes were found damaged or missing when somebody asked for them; the request was refused.',
    stream: 'artifact-bytes-<sha256>',
    resource: (data) => ({ kind: 'artifact-bytes', id: (data as ArtifactDamageFound['data']).sha256 }),
    outcome: 'failed',
    samples: [
      {
        sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
        finding: 'damaged',
        actual: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
        foundAt: 1767603600000000,
      },
    ],
  },
];
