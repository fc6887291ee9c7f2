import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dataFolder, Proc, withPassword } from '../support/custody.js';

/** Only root may mount a small disk; elsewhere the suite says that it was skipped. */
const suite = process.getuid?.() === 0 ? describe : describe.skip;

suite('a disk that fills up under a running server', () => {
  const folder = dataFolder();
  const disk = join(folder.path, 'disk');
  beforeAll(() => {
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', disk]);
  });
  afterAll(() => {
    execFileSync('umount', ['-l', disk]);
    folder.remove();
  });

  it('writes are refused with the reason and leave nothing; when there is room again, writes and reads go on', async () => {
    const data = join(disk, 'data');
    const server = Proc.start(['serve', '--port', '0', '--data', data, '--log-level', 'error']);
    const { url, firstStart } = await server.ready();
    const admin = await withPassword(
      url,
      firstStart!.login,
      firstStart!.oneTimePassword,
      'the first password of admin',
    );
    const make = (login: string) =>
      admin.post<{ detail: string }>('/api/v1/users', {
        login,
        display_name: 'x'.repeat(200),
        roles: ['viewer'],
        reason: 'a test',
      });
    const logins = async (): Promise<string[]> => {
      const { status, body } = await admin.get<{ users: { login: string }[] }>('/api/v1/users?max_results=1000');
      expect(status).toBe(200);
      return body.users.map(({ login }) => login);
    };
    expect((await make('before')).status).toBe(201);

    fillUp(join(disk, 'filler'));
    let refused: Awaited<ReturnType<typeof make>> | undefined;
    for (let index = 0; index < 300 && !refused; index++) {
      const answer = await make(`filling.${index}`);
      if (answer.status !== 201) refused = answer;
    }
    expect(refused?.status).toBe(503);
    expect(JSON.stringify(refused?.body)).not.toMatch(/SQLITE|\.js:/);

    rmSync(join(disk, 'filler'));
    for (;;) {
      const { status } = await make('after');
      if (status === 201) break;
      expect(status).toBe(503);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    for (;;) {
      const { status } = await admin.get('/health');
      if (status === 200) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(await logins()).toEqual(expect.arrayContaining(['before', 'after']));
    expect(await server.stop()).toBe(0);
  });
});

function fillUp(file: string): void {
  for (const size of [1024 * 1024, 4096]) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
    }
  }
}
