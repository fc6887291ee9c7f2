import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ArtifactsModule, artifactsEvents } from '../../artifacts/index.js';
import { RoomLab, RUN } from '../../artifacts/testing/room-lab.js';
import { AccessPolicy } from '../../http/index.js';
import { Ledger, LEDGER, LedgerUnavailable } from '../../ledger/index.js';
import {
  CreateModelVersion,
  ModelSignaturesModule,
  ModelSigningKey,
  RegisterModel,
  registryEvents,
  RegistryModule,
  registryProjections,
  verifyModelSignature,
} from '../index.js';
import { FlakyLedger, TestPolicy } from '../testing/registry-lab.js';
import { ModelSignatures } from './model-signatures.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const FILES = new Map([
  ['MLmodel', sha256('model')],
  ['data/trees.json', sha256('[]')],
]);

describe('signing model versions', () => {
  const faults = new FlakyLedger();
  let folder: string;
  let lab: RoomLab;
  let log: Ledger;

  const open = (withReactor: boolean) =>
    RoomLab.open({
      modules: [RegistryModule, ArtifactsModule, ModelSignaturesModule.forRoot(key())],
      events: [...registryEvents, ...artifactsEvents],
      projections: registryProjections,
      providers: [
        { provide: AccessPolicy, useValue: new TestPolicy() },
        { provide: LEDGER, useFactory: () => (withReactor ? log : null) },
      ],
      ledger: (inner) => (log = faults.around(inner)),
    });
  const key = (name = 'key') => ModelSigningKey.open(join(folder, name), { make: true });
  const put = (path: string, payload: string) =>
    lab.app.inject({ method: 'PUT', url: `/api/2.0/mlflow-artifacts/artifacts/1/${RUN}/artifacts/${path}`, payload });
  const version = (source = `runs:/${RUN}/model`) =>
    lab.commands.execute(new CreateModelVersion(lab.context(), { name: 'lims', source }));
  const get = (path: string) => lab.app.inject({ method: 'GET', url: `/api/v1/${path}` });
  const eventsOf = async (type: string) => (await lab.events()).filter((event) => event.type === type);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'custody-signing-'));
    lab = await open(false);
    await put('model/MLmodel', 'model');
    await put('model/data/trees.json', '[]');
    await lab.commands.execute(new RegisterModel(lab.context(), { name: 'lims' }));
  });
  afterEach(async () => {
    await lab.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('answers a bundle that the served key verifies, and the log says what was signed', async () => {
    await version();
    const answer = await get('models/lims/versions/1/model.sig');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('application/vnd.dev.sigstore.bundle.v0.3+json');
    const { body: publicKey } = await get(`model-signing-keys/${String(answer.headers['x-custody-signing-key'])}`);
    expect((await get('model-signing-keys/current')).body).toBe(publicKey);
    const bundle = answer.rawPayload;
    expect(verifyModelSignature({ bundle, publicKey, files: FILES, subject: 'lims/1' })).toMatchObject({ ok: true });
    const [signed] = await eventsOf('ModelVersionSigned');
    expect(signed).toMatchObject({
      actor: { id: 'system' },
      data: { name: 'lims', version: 1, files: 2, bundle: sha256(answer.body), path: '' },
    });
    expect(await eventsOf('ModelSigningKeyIntroduced')).toHaveLength(1);
  });

  it('signs what was sealed, whatever becomes of the files of the run', async () => {
    await version();
    await put('model/MLmodel', 'another');
    const { rawPayload: bundle } = await get('models/lims/versions/1/model.sig');
    const { body: publicKey } = await get('model-signing-keys/current');
    expect(verifyModelSignature({ bundle, publicKey, files: FILES })).toMatchObject({ ok: true });
  });

  it('signs once', async () => {
    await version();
    const { body: first } = await get('models/lims/versions/1/model.sig');
    const events = (await lab.events()).length;
    expect((await get('models/lims/versions/1/model.sig')).body).toBe(first);
    expect(await lab.events()).toHaveLength(events);
  });

  it('signs again after a crash between the bundle and its event, and says so once', async () => {
    await version();
    for (const steps of [['pass', 'before'], ['after']] as const) {
      faults.plan(...steps);
      await lab.app
        .get(ModelSignatures)
        .of('lims', 1, lab.context())
        .catch((error: unknown) => expect(error).toBeInstanceOf(LedgerUnavailable));
    }
    await get('models/lims/versions/1/model.sig');
    expect(await eventsOf('ModelVersionSigned')).toHaveLength(1);
  });

  it('does so by itself, once the files are sealed', async () => {
    await lab.close();
    lab = await open(true);
    await put('model/MLmodel', 'model');
    await lab.commands.execute(new RegisterModel(lab.context(), { name: 'lims' }));
    await version();
    while ((await eventsOf('ModelVersionSigned')).length === 0) await new Promise((later) => setTimeout(later, 10));
    const [created] = await eventsOf('ModelVersionCreated');
    const [signed] = await eventsOf('ModelVersionSigned');
    expect(signed).toMatchObject({ causationId: created!.id, actor: { id: 'system' }, data: { files: 1 } });
  });

  it('says why a version has no signature', async () => {
    await version('s3://bucket/model');
    await version(`runs:/${RUN}/nothing`);
    for (const [number, why] of [
      [1, 'not kept here'],
      [2, 'no sealed files yet'],
    ] as const) {
      const answer = await get(`models/lims/versions/${number}/model.sig`);
      expect(answer.statusCode).toBe(400);
      expect(answer.json<{ code: string }>().code).toBe('version-not-signed');
      expect(answer.body).toContain(why);
    }
    expect((await get('models/lims/versions/9/model.sig')).statusCode).toBe(404);
    expect((await get('models/none/versions/1/model.sig')).statusCode).toBe(404);
    expect((await get('models/lims/versions/x/model.sig')).statusCode).toBe(400);
    expect((await get('model-signing-keys/none')).statusCode).toBe(404);
  });
});

describe('the key that models are signed with', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'custody-signing-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is made once, for its owner alone', () => {
    const file = join(folder, 'keys', 'model-signing-key');
    const { keyId, algorithm } = ModelSigningKey.open(file, { make: true });
    expect(algorithm).toBe('ecdsa-p256-sha256');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'keys'))).toEqual(['model-signing-key']);
    expect(ModelSigningKey.open(file, { make: true }).keyId).toBe(keyId);
  });

  it('is refused when others can read it, when it is none, and when a named one is missing', () => {
    const file = join(folder, 'key');
    expect(() => ModelSigningKey.open(file, { make: false })).toThrow(/there is no key/);
    ModelSigningKey.open(file, { make: true });
    chmodSync(file, 0o644);
    expect(() => ModelSigningKey.open(file, { make: false })).toThrow(/chmod 600/);
    writeFileSync(join(folder, 'text'), 'a key', { mode: 0o600 });
    expect(() => ModelSigningKey.open(join(folder, 'text'), { make: false })).toThrow(/no private key/);
    expect(readFileSync(join(folder, 'text'), 'utf8')).toBe('a key');
  });
});
