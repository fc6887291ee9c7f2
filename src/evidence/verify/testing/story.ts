import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { EventId, JsonObject, Micros, Position, RecordedEvent, UserId } from '../../../core/index.js';
import { writeBundle, BundleContent } from '../../bundle/write-bundle.js';
import { MemoryBundle } from '../../bundle/testing/memory-bundle.js';
import { formatCheckpoint } from '../../checkpoint.js';
import { entryOf } from '../../entry.js';
import { CompactTree, leafHash } from '../../merkle/index.js';
import { ed25519Signer, NoteSigner, signNote } from '../../note/index.js';

export const ORIGIN = 'custody.local/story';
export const KEY = ed25519Signer(ORIGIN, Buffer.alloc(32, 7));
export const OTHER_KEY = ed25519Signer(ORIGIN, Buffer.alloc(32, 9));
export const MODEL = Buffer.from('weights of a model');
export const sha256 = (bytes: Buffer | string): string => hash('sha256', bytes, 'hex');
const digestOf = (content: JsonObject): string => sha256(canonicalize(content)!);

const START = 1_767_603_600_000_000;

/** A log as a ledger would have it: streams counted, times growing. */
export function recorded(parts: readonly { stream: string; type: string; data: JsonObject }[]): RecordedEvent[] {
  const revisions = new Map<string, number>();
  return parts.map(({ stream, type, data }, index) => {
    const revision = (revisions.get(stream) ?? -1) + 1;
    revisions.set(stream, revision);
    return {
      id: `00000000-0000-7000-8000-${String(index).padStart(12, '0')}` as EventId,
      type,
      schema: 1,
      stream,
      revision,
      position: (index + 1) as Position,
      recordedAt: (START + index * 1_000_000) as Micros,
      actor: { id: 'u-ana' as UserId, kind: 'person', roles: ['analyst'], via: 'token' },
      origin: { requestId: `r-${index}` },
      correlationId: `c-${index}`,
      ...(index % 2 === 0 && { reason: 'weekly training' }),
      data,
    };
  });
}

const run = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    stream: 'run-1',
    type: 'MetricsLogged',
    data: { key: 'f1', value: 0.5 + index / 100, note: 'ü€' },
  }));

/** A run, its model, a request for approval, and two signatures about what was shown. */
export function story(): RecordedEvent[] {
  const content = { model: 'lims', version: 1, metrics: { f1: 0.9 } };
  const dossier = { content, digest: digestOf(content) };
  const statement = (signer: string) => ({
    signatureId: `sg-${signer}`,
    signer,
    printedName: { subject: signer, box: 'v1.aa.bb' },
    meaning: 'approved',
    reason: 'dossier read',
    subject: { kind: 'approval', id: 'ap-1' },
    digest: dossier.digest,
    signedAt: START + 1,
    components: ['password'],
  });
  const signature = (signer: string) => ({ ...statement(signer), statementDigest: digestOf(statement(signer)) });
  const made = (signer: string) => {
    const { signatureId, statementDigest } = signature(signer);
    return { stream: `user-${signer}`, type: 'SignatureMade', data: { userId: signer, signatureId, statementDigest } };
  };
  const carried = (signer: string) => ({
    stream: 'approval-ap-1',
    type: 'ApprovalSigned',
    data: { approvalId: 'ap-1', signature: signature(signer) },
  });
  return recorded([
    { stream: 'run-1', type: 'RunStarted', data: { name: 'weekly' } },
    ...run(3),
    { stream: 'artifacts-run-1', type: 'ArtifactStored', data: { path: 'model.json', sha256: sha256(MODEL) } },
    { stream: 'approval-ap-1', type: 'ApprovalRequested', data: { approvalId: 'ap-1', dossier } },
    made('u-rex'),
    carried('u-rex'),
    made('u-ria'),
    carried('u-ria'),
    ...run(2),
  ]);
}

export const digestsIn = ({ type, data }: RecordedEvent): readonly string[] =>
  type === 'ArtifactStored' ? [data['sha256'] as string] : [];

export function checkpointAt(
  events: readonly RecordedEvent[],
  size: number,
  signers: readonly NoteSigner[] = [KEY],
): string {
  const tree = CompactTree.empty();
  for (const event of events.slice(0, size)) tree.append(leafHash(entryOf(event)));
  return signNote(formatCheckpoint({ origin: ORIGIN, size, root: tree.root() }), signers);
}

export async function bundleOf(
  events: readonly RecordedEvent[],
  more: Partial<BundleContent> = {},
): Promise<MemoryBundle> {
  const bundle = new MemoryBundle();
  await writeBundle(bundle, {
    origin: ORIGIN,
    keys: [KEY.vkey],
    checkpoints: [5, 9, events.length]
      .filter((size) => size <= events.length)
      .map((size) => checkpointAt(events, size)),
    events: pagesOf(events),
    eventsPerFile: 5,
    artifacts: { digestsIn, open: async () => bytes(MODEL) },
    ...more,
  });
  return bundle;
}

export async function* pagesOf<T>(items: readonly T[], size = 4): AsyncGenerator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

export async function* bytes(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}
