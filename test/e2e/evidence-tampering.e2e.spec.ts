import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { Shown, sign, signatory } from '../support/approvals.js';
import { account, custody, freshServer } from '../support/custody.js';

/* A real log: a run with a model file, a version of it, and its promotion signed by two reviewers. */

const MLFLOW = '/api/2.0/mlflow';
const MODEL = 'lims_contamination_detector';

interface Report {
  readonly holds: boolean;
  readonly events: number;
  readonly signatures: number;
  readonly artifacts?: { readonly checked: number };
  readonly first?: { readonly code: string; readonly event?: number; readonly message: string };
  readonly findings: readonly { readonly code: string; readonly message: string }[];
  readonly checkpoints: readonly { readonly trust: string }[];
  readonly notes: readonly string[];
}

let folder: string;
/** The data folder of a server that has stopped, and what was exported while it ran. */
let data: string;
let bundle: string;
let key: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'custody-tampering-'));
  [data, bundle] = [join(folder, 'data'), join(folder, 'bundle')];
  const server = await freshServer([], { CUSTODY_PRODUCTION_APPROVALS: '2' });
  try {
    const { admin } = server;
    const ana = await account(admin, 'ana', ['analyst']);
    const reviewers = [await signatory(admin, 'rex', ['reviewer']), await signatory(admin, 'ria', ['reviewer'])];
    const made = await ana.post<{ run: { info: { run_id: string } } }>(`${MLFLOW}/runs/create`, { experiment_id: '0' });
    const { run_id } = made.body.run.info;
    const file = `/api/2.0/mlflow-artifacts/artifacts/0/${run_id}/artifacts/model/MLmodel`;
    await ana.send('PUT', file, 'flavors: {}\n');
    await ana.post(`${MLFLOW}/registered-models/create`, { name: MODEL });
    const source = `mlflow-artifacts:/0/${run_id}/artifacts/model`;
    await ana.post(`${MLFLOW}/model-versions/create`, { name: MODEL, source, run_id });
    await ana.post(`${MLFLOW}/model-versions/transition-stage`, {
      name: MODEL,
      version: '1',
      stage: 'Production',
      archive_existing_versions: true,
    });
    const { approvals } = (await admin.get<{ approvals: readonly Shown[] }>('/api/v1/approvals')).body;
    for (const reviewer of reviewers) {
      const signed = await sign(reviewer, approvals[0]!.approval_id);
      if (signed.status !== 200) throw new Error(JSON.stringify(signed.body));
    }
    const issued = await admin.post('/api/v1/evidence/checkpoints', {});
    if (issued.status >= 300) throw new Error(JSON.stringify(issued.body));
    const exported = await custody(['export', '--data', server.data, '--evidence', bundle, '--artifacts', '--json']);
    if (exported.code !== 0) throw new Error(exported.err);
    key = (JSON.parse(exported.out) as { keys: readonly string[] }).keys[0]!;
    await server.server.stop();
    cpSync(server.data, data, { recursive: true });
  } finally {
    await server.end();
  }
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function verify(path: string, ...flags: readonly string[]): Promise<{ code: number | null; report: Report }> {
  const { code, out, err } = await custody(['verify', path, '--json', ...flags]);
  if (out === '') throw new Error(err);
  return { code, report: JSON.parse(out) as Report };
}

/** A copy to tamper with; who does it has the file, and so takes the triggers away first. */
async function tampered(change: (db: Database.Database) => void) {
  const copy = join(mkdtempSync(join(folder, 'copy-')), 'log.db');
  const source = new Database(join(data, 'log.db'), { readonly: true });
  await source.backup(copy);
  source.close();
  const db = new Database(copy);
  const triggers = db
    .prepare<[], { name: string; sql: string }>("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
    .all();
  for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`);
  change(db);
  // And puts them back, so that nothing is to be seen.
  for (const { sql } of triggers) db.exec(sql);
  db.close();
  return verify(copy, '--key', key, '--checkpoint', join(bundle, 'log/checkpoint'));
}

/** The positions of two events that follow one another in a stream. */
function ofOneStream(db: Database.Database): readonly [number, number] {
  const [first, second] = db
    .prepare<[], number>(
      `SELECT position FROM events WHERE revision < 2 AND stream =
         (SELECT stream FROM events WHERE revision = 1 ORDER BY position LIMIT 1) ORDER BY position`,
    )
    .pluck()
    .all();
  return [first!, second!];
}

const copyOf = (path: string): string => {
  const copy = join(mkdtempSync(join(folder, 'copy-')), 'copy');
  cpSync(path, copy, { recursive: true });
  return copy;
};

describe('the evidence of a real log', () => {
  it('holds as a bundle, with the key that somebody knows', async () => {
    const { code, report } = await verify(bundle, '--key', key);
    expect(report.findings).toEqual([]);
    expect({ code, signatures: report.signatures, artifacts: report.artifacts!.checked > 0 }).toEqual({
      code: 0,
      signatures: 2,
      artifacts: true,
    });
    expect(new Set(report.checkpoints.map(({ trust }) => trust))).toEqual(new Set(['given']));
  });

  it('holds as a data folder, read models and all, and as a copy of the log', async () => {
    const whole = await verify(data, '--key', key);
    expect(whole.report.findings).toEqual([]);
    expect(whole.report.notes.filter((note) => note.includes('not compared'))).toEqual([]);
    expect(whole.code).toBe(0);
    const log = await tampered(() => undefined);
    expect(log).toMatchObject({ code: 0, report: { holds: true } });
  });

  it('says in words whose key it was', async () => {
    const { out } = await custody(['verify', bundle]);
    expect(out).toContain('a key that came along with the log: compare it with the one you know');
    expect((await custody(['verify', bundle, '--key', key])).out).toContain('a key that you gave');
  });

  it('is nothing that can be verified when it is no bundle', async () => {
    const file = join(folder, 'letter.txt');
    writeFileSync(file, 'Dear auditor');
    expect((await custody(['verify', file])).code).toBe(65);
    expect((await custody(['verify', join(folder, 'nowhere')])).code).toBe(74);
    expect((await custody(['verify', bundle, '--key', 'nonsense+12345678+AAAA'])).code).toBe(64);
  });
});

describe('somebody who edits the log file', () => {
  const at = 20;
  it.each<[string, string, (db: Database.Database) => void]>([
    [
      'changes an event',
      'root-differs',
      (db) => db.prepare("UPDATE events SET data = json_set(data, '$.x', 1) WHERE position = ?").run(at),
    ],
    ['deletes an event', 'order-broken', (db) => db.prepare('DELETE FROM events WHERE position = ?').run(at)],
    [
      'deletes an event and closes the gap',
      'order-broken',
      (db) => {
        const [first] = ofOneStream(db);
        db.exec(`DELETE FROM events WHERE position = ${first};
      UPDATE events SET position = position - 1 WHERE position > ${first}`);
      },
    ],
    [
      'dates an event back',
      'back-dated',
      (db) => db.prepare('UPDATE events SET recorded_at = recorded_at - 86400000000 WHERE position = ?').run(at),
    ],
    [
      'lets two events change places',
      'order-broken',
      (db) => {
        const [first, second] = ofOneStream(db);
        db.exec(`UPDATE events SET position = -1 WHERE position = ${first};
      UPDATE events SET position = ${first} WHERE position = ${second};
      UPDATE events SET position = ${second} WHERE position = -1`);
      },
    ],
    [
      'cuts the end off',
      'log-cut-short',
      (db) => db.exec('DELETE FROM events WHERE position > (SELECT max(position) - 15 FROM events)'),
    ],
    [
      'puts an event in',
      'root-differs',
      (db) =>
        db.exec(`UPDATE events SET position = -position - 1 WHERE position > 3;
      UPDATE events SET position = -position WHERE position < 0;
      INSERT INTO events SELECT 4, 'made-up', 0, 'made-up', type, schema, recorded_at, context, data FROM events WHERE position = 3`),
    ],
    [
      'forges a signature',
      'signature-forged',
      (db) =>
        db.exec(
          `UPDATE events SET data = json_set(data, '$.signature.meaning', 'reviewed') WHERE type = 'ApprovalSigned'`,
        ),
    ],
    [
      'edits the dossier that was signed',
      'dossier-altered',
      (db) =>
        db.exec(`UPDATE events SET data = json_set(data, '$.dossier.content.x', 1) WHERE type = 'ApprovalRequested'`),
    ],
  ])('%s: it is told (%s), and the program exits with 1', async (_what, expected, change) => {
    const { code, report } = await tampered(change);
    expect(report.findings.map((finding) => finding.code)).toContain(expected);
    expect({ code, holds: report.holds, told: report.first!.message.length > 20 }).toEqual({
      code: 1,
      holds: false,
      told: true,
    });
  });

  it('in the data folder is told with the very event, since the server has kept its hash', async () => {
    const copy = copyOf(data);
    const db = new Database(join(copy, 'log.db'));
    db.exec('DROP TRIGGER events_are_never_changed');
    db.prepare("UPDATE events SET data = json_set(data, '$.x', 1) WHERE position = ?").run(at);
    db.close();
    const { code, report } = await verify(copy);
    expect({ code, first: report.first }).toMatchObject({ code: 1, first: { event: at, code: 'event-altered' } });
    expect(report.findings.map((finding) => finding.code)).toContain('schema-altered');
  });
});

describe('somebody who edits what lies beside the log', () => {
  it('in the read models is told', async () => {
    const copy = copyOf(data);
    const db = new Database(join(copy, 'read-models.db'));
    const changed = db.prepare("UPDATE identity_signatures SET meaning = 'reviewed'").run().changes;
    db.close();
    const { code, report } = await verify(copy);
    expect({ changed, code }).toEqual({ changed: 2, code: 1 });
    expect(report.first!.message).toContain('identity_signatures has a row that the log does not give');
  });

  it('in an artifact is told, in the data folder and in the bundle', async () => {
    const name = readdirSync(join(bundle, 'artifacts'))[0]!;
    const copy = copyOf(data);
    writeFileSync(join(copy, 'artifacts', 'sha256', name.slice(0, 2), name), 'another model');
    const exported = copyOf(bundle);
    writeFileSync(join(exported, 'artifacts', name), 'another model');
    for (const path of [copy, exported])
      expect(await verify(path)).toMatchObject({ code: 1, report: { first: { code: 'artifact-altered' } } });
  });

  it('with a forged checkpoint, or the wrong key, is told', async () => {
    const copy = copyOf(bundle);
    const note = readFileSync(join(copy, 'log/checkpoint'), 'utf8').replace(
      /\n(\d+)\n/,
      (_, size) => `\n${Number(size) - 1}\n`,
    );
    writeFileSync(join(copy, 'log/checkpoint'), note);
    const { code, report } = await verify(copy, '--key', key);
    expect(report.findings.map((finding) => finding.code)).toContain('checkpoint-forged');
    expect(code).toBe(1);
    const other = await freshServer();
    try {
      const { keys } = (await other.admin.get<{ keys: readonly { vkey: string }[] }>('/api/v1/evidence/keys')).body;
      const stranger = await verify(bundle, '--key', keys[0]!.vkey);
      expect(stranger.report.checkpoints.every(({ trust }) => trust === 'came-along')).toBe(true);
    } finally {
      await other.end();
    }
  });

  it('by leaving out a file of events is told, and what is missing is named', async () => {
    const copy = copyOf(bundle);
    rmSync(join(copy, 'events/000001.ndjson'));
    const { code, report } = await verify(copy, '--key', key);
    expect({ code, first: report.first }).toMatchObject({ code: 1, first: { code: 'segment-missing', event: 1 } });
  });
});

it('is the same as a .tar, which is never written over anything', async () => {
  const tar = join(folder, 'evidence.tar');
  const args = ['export', '--data', data, '--evidence', tar];
  expect((await custody(args)).code).toBe(0);
  expect((await verify(tar, '--key', key)).report.findings).toEqual([]);
  expect({ ...(await custody(args)), there: existsSync(tar) }).toMatchObject({ code: 74, there: true });
});
