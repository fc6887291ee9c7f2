import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { account, custody, freshServer } from '../support/custody.js';

const FILE = 'examples/policies/lims-production.yaml';
const MLFLOW = '/api/2.0/mlflow';

describe('the command line for policies', () => {
  let server: Awaited<ReturnType<typeof freshServer>>;
  let env: Readonly<Record<string, string>>;
  const folder = mkdtempSync(join(tmpdir(), 'custody-policy-'));
  beforeAll(async () => {
    server = await freshServer();
    const { login = '', password = '' } = server.admin;
    env = { CUSTODY_URL: server.url, CUSTODY_USERNAME: login, CUSTODY_PASSWORD: password };
    const analyst = await account(server.admin, 'kim', ['analyst']);
    const reviewer = await account(server.admin, 'ria', ['reviewer']);
    await analyst.post(`${MLFLOW}/registered-models/create`, { name: 'lims_detector' });
    await analyst.post(`${MLFLOW}/model-versions/create`, { name: 'lims_detector', source: 's3://bucket/model' });
    const move = { name: 'lims_detector', version: '1', stage: 'Production', archive_existing_versions: false };
    expect((await reviewer.post(`${MLFLOW}/model-versions/transition-stage`, move)).status).toBe(200);
  }, 60_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await server.end();
  });
  const run = (...args: string[]) => custody(['policy', ...args], env);

  it('checks a file without a server, and names line and field of what is wrong', async () => {
    const nobody = { CUSTODY_URL: 'http://127.0.0.1:9' };
    expect(await custody(['policy', 'check', FILE], nobody)).toMatchObject({
      code: 0,
      out: `${FILE}: lims-production is in order\n`,
    });
    const wrong = join(folder, 'wrong.yaml');
    writeFileSync(
      wrong,
      readFileSync(FILE, 'utf8').replace('role: auditor', 'role: boss').replace('at_least: 0.85', 'atleast: 0.85'),
    );
    const told = await custody(['policy', 'check', wrong], nobody);
    expect(told.code).toBe(65);
    expect(told.err).toMatch(
      /wrong.yaml: line \d+, column \d+, approvals.steps\[1\].role: "boss" is none of reviewer, auditor, privacy-officer, admin\n/,
    );
    expect(told.err).toMatch(
      /gates\[1\].metrics\[0\].atleast: there is no such field; here may stand metric, at_least, at_most\n/,
    );
    expect(told.err).toMatch(/2 things are wrong in .*wrong.yaml\n$/);
    expect(JSON.parse((await custody(['policy', 'check', wrong, '--json'], nobody)).out)).toMatchObject({
      valid: false,
    });
    const missing = join(folder, 'none.yaml');
    expect(await custody(['policy', 'check', missing], nobody)).toMatchObject({
      code: 74,
      err: expect.stringContaining(`there is no file ${missing}\n`),
    });
  });

  it('tries a policy on what was done, and writes nothing', async () => {
    const { code, out } = await run('check', FILE, '--dry-run');
    expect(code).toBe(0);
    expect(out).toMatch(/it would have blocked 1 of the last move:\n/);
    expect(out).toMatch(/lims_detector +1 +Production +.*required_tags: the tag Data_Source is not set/s);
    expect(out).not.toContain('not tried');
    expect((await run('check', FILE, '--transitions', '0')).code).toBe(64);
    expect((await run('list')).out).toBe('there is no policy: custody policy publish makes one\n');
  });

  it('lists and shows what was written, and says that nothing guards a version yet', async () => {
    expect((await server.admin.post('/api/v1/policies', { source: readFileSync(FILE, 'utf8') })).status).toBe(201);
    expect((await run('list')).out).toMatch(
      /^lims-production +draft +1 +lims_\* +Production, @champion, @production\n/m,
    );
    expect((await run('show', 'lims-production')).out).toMatch(/^1 +draft +u-/m);
    expect((await run('show', 'lims-production', '--source')).out).toBe(readFileSync(FILE, 'utf8'));
    expect((await run('explain', 'lims_detector', '1')).out).toBe(
      'no policy guards Production for lims_detector version 1: the right to move it is enough\n',
    );
    expect(await run('explain', 'lims_detector', '9')).toMatchObject({
      code: 65,
      err: expect.stringContaining('version=9'),
    });
    expect((await run('explain', 'lims_detector', '1', '--stage', 'Staging', '--alias', 'x')).code).toBe(64);
    expect((await run('publish', FILE)).code).toBe(64);
    expect((await run('show', 'nothing')).err).toContain('there is no policy "nothing"');
  });
});
