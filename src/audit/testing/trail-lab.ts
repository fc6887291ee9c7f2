import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  Actor,
  EventCatalogue,
  EventDefinition,
  EventId,
  JsonObject,
  Micros,
  Position,
  RecordedEvent,
  ResourceRef,
  uuidv7,
} from '../../core/index.js';
import { Ledger } from '../../ledger/index.js';
import { Projection, Projector, ReadModelFile, ReadModels } from '../../projection/index.js';
import { PersonDirectory } from '../person-directory.js';
import { auditProjections } from '../trail/projection.js';
import { AuditPage, QueryAuditTrail, QueryAuditTrailHandler } from '../trail/query.js';
import { TABLES } from '../trail/table.js';

const resource = (data: JsonObject): ResourceRef => data['about'] as unknown as ResourceRef;
const define = (type: string, outcome?: 'denied' | 'failed'): EventDefinition => ({
  type,
  summary: `${type}.`,
  stream: 'thing-<id>',
  resource,
  ...(outcome ? { outcome } : {}),
  samples: [{ about: { kind: 'run', id: 'a' } }],
});

export const definitions = [define('Made'), define('Changed'), define('Refused', 'denied'), define('Broken', 'failed')];
export const catalogue = new EventCatalogue(definitions);

/** One person with an account that has never done anything, and one known only by what a client claimed. */
export const LOGINS: Readonly<Record<string, string>> = { kim: 'u-1', lee: 'u-2', idle: 'u-9' };

export class TestPeople extends PersonDirectory {
  async idOf(login: string): Promise<string | undefined> {
    return Object.hasOwn(LOGINS, login) ? LOGINS[login] : undefined;
  }
  async namesOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return new Map(Object.entries(LOGINS).flatMap(([login, id]) => (ids.includes(id) ? [[id, login]] : [])));
  }
}

const actor = (id: string, more: Partial<Actor> = {}): Actor => ({
  id: id as Actor['id'],
  kind: 'person',
  roles: [],
  via: 'token',
  ...more,
});
const ACTORS: readonly Actor[] = [
  actor('u-1'),
  actor('u-1', { via: 'password' }),
  actor('u-2'),
  actor('worker', { kind: 'service', onBehalfOf: 'u-1' as Actor['id'] }),
  actor('unverified-1', { via: 'none', verified: false, claimedName: { subject: 'unverified-1', box: 'kim' } }),
];

const run = (id: string, experiment: string, name?: string): ResourceRef => ({
  kind: 'run',
  id,
  ...(name ? { name } : {}),
  parents: [{ kind: 'experiment', id: experiment }],
});
const RESOURCES: readonly ResourceRef[] = [
  run('a', '1'),
  run('a', '1', 'first'),
  run('b', '1', 'second'),
  run('c', '2', 'first'),
  { kind: 'experiment', id: '1', name: 'quality' },
  { kind: 'experiment', id: '2', name: 'quality' },
  {
    kind: 'job',
    id: 'j',
    parents: [
      { kind: 'run', id: 'a' },
      { kind: 'experiment', id: '1' },
      { kind: 'job', id: 'j' },
    ],
  },
];

export const FIRST = Date.UTC(2026, 0, 5) * 1000;

/** What happens, how often in a row, after how long, and how far the position jumps each time. */
export const episode = fc.record({
  type: fc.constantFrom(...definitions.map(({ type }) => type)),
  actor: fc.constantFrom(...ACTORS),
  resource: fc.constantFrom(...RESOURCES),
  reason: fc.option(fc.string(), { nil: undefined }),
  times: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 400 })),
  wait: fc.integer({ min: 0, max: 1000 }),
  jump: fc.integer({ min: 1, max: 5000 }),
});
export type Episode = typeof episode extends fc.Arbitrary<infer T> ? T : never;

export function recorded(
  episodes: readonly Episode[],
  before: readonly RecordedEvent[] = [],
): readonly RecordedEvent[] {
  let position: number = before.at(-1)?.position ?? 0;
  let at = before.at(-1)?.recordedAt ?? FIRST;
  return episodes.flatMap(({ type, actor, resource, reason, times, wait, jump }) =>
    Array.from({ length: times }, (_, revision): RecordedEvent => {
      position += jump;
      at = at + wait;
      const requestId = uuidv7();
      return {
        id: uuidv7() as EventId,
        type,
        schema: 1,
        actor,
        ...(reason === undefined ? {} : { reason }),
        origin: { requestId },
        correlationId: revision % 3 === 0 ? `story-${revision}` : requestId,
        ...(revision % 2 === 0 ? { causationId: uuidv7() } : {}),
        data: { about: resource as unknown as JsonObject },
        stream: `${resource.kind}-${resource.id}`,
        revision,
        position: position as Position,
        recordedAt: at as Micros,
      };
    }),
  );
}

/** The trail's tables over a list of events, as a projector of its own sees them. */
export class TrailLab {
  readonly folder = mkdtempSync(join(tmpdir(), 'custody-audit-'));
  private readonly opened: { close(): void }[] = [];
  events: readonly RecordedEvent[] = [];

  create(name: string, more: readonly Projection[] = []): ReadModelFile {
    return this.keep(ReadModelFile.create(join(this.folder, name), [...auditProjections(catalogue), ...more]));
  }

  open(name: string): ReadModelFile {
    return this.keep(ReadModelFile.open(join(this.folder, name)));
  }

  projector(target: ReadModelFile, batch: number, more: readonly Projection[] = []): Projector {
    const ledger = { readAll: async (page: Parameters<Ledger['readAll']>[0]) => this.page(page) } as unknown as Ledger;
    const projections = [...auditProjections(catalogue), ...more];
    // A sealed name opens to itself: what matters here is that it is opened.
    const context = { unseal: ({ box }: { box: string }) => box };
    return new Projector({ ledger, catalogue, projections, context, batch }, target);
  }

  handler(name: string): QueryAuditTrailHandler {
    const models = this.keep(new ReadModels(join(this.folder, name)));
    return new QueryAuditTrailHandler(models, new TestPeople(), catalogue);
  }

  close(): void {
    for (const each of this.opened) each.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private page({ from = 0 as Position, limit = 1000 }: { from?: Position; limit?: number } = {}) {
    const start = this.events.findIndex(({ position }) => position > from);
    return start < 0 ? [] : this.events.slice(start, start + limit);
  }

  private keep<Closable extends { close(): void }>(opened: Closable): Closable {
    this.opened.push(opened);
    return opened;
  }
}

export const rowsOf = ({ db }: ReadModelFile) =>
  Object.fromEntries(TABLES.map((table) => [table, db.prepare<[], object>(`SELECT * FROM ${table}`).all()]));

/** All pages of a walk; `between` runs after each of them. */
export async function pages(
  handler: QueryAuditTrailHandler,
  filters: QueryAuditTrail['filters'],
  limit: number,
  between: () => Promise<unknown> = async () => undefined,
): Promise<readonly AuditPage[]> {
  const all: AuditPage[] = [];
  let token: string | undefined;
  do {
    const page = await handler.execute(new QueryAuditTrail(filters, limit, token));
    all.push(page);
    token = page.nextPageToken;
    await between();
  } while (token !== undefined);
  return all;
}
