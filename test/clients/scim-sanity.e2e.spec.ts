import { execFile } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { freshServer, Http } from '../support/custody.js';
import { PYTHON, withPython } from '../support/python.js';

interface Verdict {
  readonly results: readonly { readonly name: string; readonly status: string; readonly message?: string }[];
}

withPython('scim-sanity, a probe that others wrote', () => {
  let custody: Awaited<ReturnType<typeof freshServer>>;
  let token: string;
  beforeAll(async () => {
    custody = await freshServer();
    token = await provisioner(custody.admin);
  });
  afterAll(() => custody.end());

  const probe = () =>
    new Promise<{ code: number; out: string }>((done) => {
      const url = `${custody.url}/scim/v2`;
      const args = ['-m', 'scim_sanity', 'probe', url, '--token', token];
      const options = ['--strict', '--json-output', '--i-accept-side-effects'];
      execFile(PYTHON, [...args, ...options], { env: { HOME: custody.data } }, (error, stdout, stderr) =>
        done({ code: error === null ? 0 : Number(error.code), out: stdout || stderr }),
      );
    });

  it('finds nothing wrong, and nothing to warn of', async () => {
    const { code, out } = await probe();
    const { results } = JSON.parse(out) as Verdict;
    expect(results.filter(({ status }) => !['pass', 'skip'].includes(status.toLowerCase()))).toEqual([]);
    expect(results.filter(({ status }) => status.toLowerCase() === 'pass').length).toBeGreaterThan(25);
    expect(code).toBe(0);
  }, 60_000);
});

/** A token of a service account that may provision, and nothing else. */
async function provisioner(admin: Http): Promise<string> {
  const account = { login: 'directory', kind: 'service', roles: ['provisioner'], reason: 'a test' };
  const { user_id } = (await admin.post<{ user_id: string }>('/api/v1/users', account)).body;
  return (await admin.post<{ token: string }>('/api/v1/tokens', { label: 'scim', user_id })).body.token;
}
