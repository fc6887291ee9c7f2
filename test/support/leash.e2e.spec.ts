import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { dataFolder, LEASH } from './custody.js';

/** Starts what it is told to, as a test does, and says its process id once it is up. */
const TEST_PROCESS = `
  const child = require('node:child_process').spawn(process.execPath, JSON.parse(process.argv[1]), {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  child.once('message', () => console.log(child.pid));
`;
/** Hears nothing and never ends by itself. */
const STUBBORN = "process.send('up'); setInterval(() => undefined, 1000);";

async function killedTestOf(args: readonly string[]): Promise<number> {
  const test = spawn(process.execPath, ['-e', TEST_PROCESS, JSON.stringify([...LEASH, ...args])], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TEST_LEASH_MS: '300' },
  });
  const [line] = (await once(test.stdout, 'data')) as [Buffer];
  test.kill('SIGKILL');
  return Number(line.toString());
}

const runs = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('a test process that is killed', () => {
  it('takes with it what its own children run, also while it lives on itself', async () => {
    const run = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)']);
    const program = spawn(process.execPath, [...LEASH, '-e', STUBBORN], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: { ...process.env, TEST_LEASH_MS: '300', TEST_RUN_PID: String(run.pid) },
    });
    await once(program, 'message');
    const ended = once(program, 'exit');
    run.kill('SIGKILL');
    expect(await ended).toEqual([null, expect.stringMatching(/^SIG(TERM|KILL)$/)]);
  });

  it.each([
    ['a server', () => [resolve('dist/cli/main.js'), 'serve', '--port', '0']],
    ['a program that never ends', () => ['-e', STUBBORN]],
  ])('leaves %s behind for a moment only', async (_, args) => {
    const data = dataFolder();
    const pid = await killedTestOf([...args(), ...(args().includes('serve') ? ['--data', data.path] : [])]);
    expect(pid).toBeGreaterThan(0);
    while (runs(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
    data.remove();
  });
});
