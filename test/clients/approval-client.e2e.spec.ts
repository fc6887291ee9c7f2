import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sign, signatory } from '../support/approvals.js';
import { account, freshServer, Http } from '../support/custody.js';
import { PYTHON, withPython } from '../support/python.js';

const run = promisify(execFile);

withPython("approvals, to mlflow's own client", () => {
  let custody: Awaited<ReturnType<typeof freshServer>>;
  let analyst: Http;
  let rex: Http;
  let ria: Http;
  beforeAll(async () => {
    custody = await freshServer([], { CUSTODY_PRODUCTION_APPROVALS: '2' });
    analyst = await account(custody.admin, 'ana.lyst', ['analyst']);
    rex = await signatory(custody.admin, 'rex', ['reviewer']);
    ria = await signatory(custody.admin, 'ria', ['reviewer']);
  });
  afterAll(() => custody.end());

  const script = async (...args: readonly string[]) => {
    const env = {
      PATH: process.env['PATH'],
      HOME: custody.data,
      MLFLOW_TRACKING_USERNAME: analyst.login,
      MLFLOW_TRACKING_PASSWORD: analyst.password,
      MLFLOW_DISABLE_TELEMETRY: 'true',
    };
    const { stdout } = await run(PYTHON, [resolve('test/clients/python/approval_story.py'), custody.url, ...args], {
      env,
    });
    return stdout.trim().split('\n').at(-1)!;
  };

  it('are started by a script that asks for Production, and what it asked for is there after two signatures', async () => {
    let old = '';
    for (let round = 0; round < 2; round++) {
      const asked = JSON.parse(await script('ask')) as { version: string; number: number };
      expect((await sign(rex, asked.number)).body).toMatchObject({ state: 'open' });
      expect((await sign(ria, asked.number)).body).toMatchObject({ state: 'carried-out', number: asked.number });
      await script('see', asked.version, old);
      old = asked.version;
    }
  });
});
