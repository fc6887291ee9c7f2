import { RecordedEvent } from '../../core/index.js';

/** The fields of events that name bytes in the artifact store by their SHA-256. */
const FIELDS: Readonly<Record<string, string>> = {
  ArtifactStored: 'sha256',
  ArtifactsSealed: 'manifest',
  DatasetRegistered: 'sha256',
};
const SHA256 = /^[0-9a-f]{64}$/;

export function digestsIn({ type, data }: RecordedEvent): readonly string[] {
  const field = Object.hasOwn(FIELDS, type) ? FIELDS[type] : undefined;
  const digest = field === undefined ? undefined : data[field];
  return typeof digest === 'string' && SHA256.test(digest) ? [digest] : [];
}
