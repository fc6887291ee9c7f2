import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import {
  addSignatures,
  COSIGNATURE,
  EMPTY_ROOT,
  formatVkey,
  httpCaller,
  parsePolicy,
  Witnessing,
  witnessKey,
  WitnessServer,
  WitnessStore,
} from '../../src/evidence/index.js';
import { formatAddCheckpoint } from '../../src/evidence/witness/add-checkpoint.js';
import { KeptLog } from '../../src/evidence/witness/testing/kept-log.js';
import { SmallLog } from '../../src/evidence/witness/testing/small-log.js';

// litewitness is a witness by the authors of C2SP; `.ci/run` builds it where Go is there.
const tool = (name: string): string | undefined =>
  [join(process.cwd(), '.tools/bin'), ...(process.env['PATH'] ?? '').split(delimiter)]
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));
const LITEWITNESS = tool('litewitness');
const CHECKER = tool('custody-cosignature-check');
const missing = [
  ...(LITEWITNESS ? [] : ['litewitness']),
  ...(CHECKER ? [] : ['custody-cosignature-check']),
  ...(tool('ssh-agent') ? [] : ['ssh-agent']),
];
if (missing.length > 0) console.warn(`witnesses of others are not tried: ${missing.join(', ')} is not there`);

(missing.length > 0 ? describe.skip : describe)('beside litewitness, a witness that others wrote,', () => {
  let folder: string;
  const processes: ChildProcess[] = [];
  let theirs: { readonly url: string; readonly vkey: string };
  let ours: { readonly server: WitnessServer; readonly store: WitnessStore; readonly vkey: string };
  const log = new SmallLog().grow(7);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lw-'));
    theirs = await startLitewitness();
    const signer = witnessKey(join(folder, 'key'), 'lab-b.example/witness', () => Math.floor(Date.now() / 1000));
    const store = WitnessStore.open(join(folder, 'ours.db'));
    const options = { host: '127.0.0.1', port: 0, prefix: '', requestsPerMinute: 1000, log: new KeptLog() };
    const server = await WitnessServer.listen({ ...options, signer, store, logs: [log.logKey] });
    ours = { server, store, vkey: signer.vkey };
  });
  afterAll(async () => {
    await ours.server.stop();
    ours.store.close();
    for (const child of processes.reverse()) {
      if (child.exitCode !== null) continue;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGINT');
      setTimeout(() => child.kill('SIGKILL'), 2000).unref();
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (command: string, args: readonly string[]): ChildProcess => {
    const child = spawn(command, args, { stdio: 'ignore', cwd: folder });
    processes.push(child);
    return child;
  };

  async function startLitewitness() {
    const [socket, key, db] = [join(folder, 's'), join(folder, 'id'), join(folder, 'theirs.db')];
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    run('ssh-agent', ['-D', '-a', socket]);
    await until(async () => existsSync(socket));
    execFileSync('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    const [, fingerprint] = execFileSync('ssh-keygen', ['-lf', `${key}.pub`], { encoding: 'utf8' }).split(' ');
    const blob = Buffer.from(readFileSync(`${key}.pub`, 'utf8').split(' ')[1]!, 'base64');
    const port = await freePort();
    const listen = ['-listen', `127.0.0.1:${port}`, '-db', db, '-ssh-agent', socket];
    run(LITEWITNESS!, [...listen, '-name', 'lite.example/witness', '-key', fingerprint!]);
    const url = `http://127.0.0.1:${port}`;
    await until(() =>
      fetch(url).then(
        () => true,
        () => false,
      ),
    );
    // As its own tool would enter a log: known, and empty so far.
    const file = new Database(db);
    file.prepare('INSERT INTO log VALUES (?, 0, ?)').run(log.origin, EMPTY_ROOT.toString('base64'));
    file.prepare('INSERT INTO key VALUES (?, ?)').run(log.origin, log.signer.vkey);
    file.close();
    return { url, vkey: formatVkey('lite.example/witness', COSIGNATURE, blob.subarray(-32)) };
  }

  const policyText = () =>
    [
      `log ${log.signer.vkey}`,
      `witness ours ${ours.vkey} ${ours.server.url}`,
      `witness theirs ${theirs.vkey} ${theirs.url}`,
      'group both all ours theirs',
      'quorum both',
      '',
    ].join('\n');

  it('both cosign as the log grows, and their software holds the outcome good', async () => {
    const kept = new KeptLog();
    const policy = parsePolicy(Buffer.from(policyText()));
    const limits = { timeoutMs: 30_000, retryMs: 3_600_000 };
    const following = new Witnessing({ policy, tree: log, checkpoints: log, caller: httpCaller, log: kept, ...limits });
    for (const size of [7, 20, 300]) {
      following.issued(log.grow(size).issue());
      await following.idle();
      expect(following.status()).toMatchObject({ size, quorumReached: true });
    }
    await following.stop();
    const lines = log.lines.filter(({ number }) => number === 300).map(({ line }) => line);
    const note = addSignatures(log.note(), ...lines);
    const file = join(folder, 'policy');
    writeFileSync(file, policyText());
    for (const [name, vkey] of [
      ['lab-b.example/witness', ours.vkey],
      ['lite.example/witness', theirs.vkey],
    ] as const) {
      const said = execFileSync(CHECKER!, [vkey, file], { input: note, encoding: 'utf8' });
      expect(said).toMatch(new RegExp(`^cosigned by ${name} at \\d{10}\npolicy holds for ${log.origin} at 300\n$`));
    }
    const check = (input: string) => () => execFileSync(CHECKER!, [ours.vkey, file], { input, stdio: 'pipe' });
    expect(check(note.replace('\n300\n', '\n301\n'))).toThrow('invalid signature');
    expect(check(addSignatures(log.note(), lines[0]!))).toThrow();
  });

  it('both answer alike to what is wrong', async () => {
    const other = new SmallLog().grow(100).grow(300, 'false');
    const later = new SmallLog().grow(100).grow(400, 'false');
    const stranger = new SmallLog('nobody.example/log').grow(1);
    const forger = new SmallLog(log.origin, 'another key').grow(301);
    const body = (of: SmallLog, oldSize: number, proof: readonly Buffer[] = []) =>
      formatAddCheckpoint({ oldSize, proof, note: of.note() });
    const cases: readonly (readonly [string, number, string])[] = [
      ['the same again', 200, body(log, 300)],
      ['from nothing', 409, body(log, 0)],
      ['from another size', 409, body(log, 20, log.proof(20))],
      ['an unknown log', 404, body(stranger, 0)],
      ['a forged signature', 403, body(forger, 300)],
      ['an old size too large', 400, body(log, 301)],
      ['another history', 422, body(later, 300, later.proof(300))],
      ['a proof that is missing', 422, body(later, 300)],
      ['a split view at one size', 422, body(other, 300)],
      ['no request at all', 400, 'hello'],
    ];
    const answers = [];
    for (const [what, status, text] of cases) {
      const [ourAnswer, theirAnswer] = await Promise.all(
        [ours.server.url, theirs.url].map(async (url) => {
          const answer = await fetch(`${url}/add-checkpoint`, { method: 'POST', body: text });
          const size = answer.status === 409 ? [answer.headers.get('content-type'), await answer.text()] : [];
          return [answer.status, ...size];
        }),
      );
      answers.push([what, status, ourAnswer, theirAnswer]);
    }
    const size = (status: number) => (status === 409 ? ['text/x.tlog.size', '300\n'] : []);
    expect(answers).toEqual(
      cases.map(([what, status]) => [what, status, [status, ...size(status)], [status, ...size(status)]]),
    );
  });
});

async function until(there: () => Promise<boolean>): Promise<void> {
  while (!(await there())) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
