import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TOOLS = resolve('.tools/bin');

/** Tessera's checker of logs, as its module has it. */
const TESSERA = 'github.com/transparency-dev/tessera/cmd/fsck@v1.0.4';

/** Go, where it is there; what checks the log with other people's software needs it. */
export async function goIsThere(): Promise<boolean> {
  return run('go', ['version']).then(
    () => true,
    () => false,
  );
}

/** Our program on golang.org/x/mod/sumdb, and Tessera's unmodified fsck; both are built once. */
export async function goTools(): Promise<{ readonly sumdb: string; readonly fsck: string }> {
  const env = { ...process.env, GOBIN: TOOLS, GOFLAGS: '-mod=mod' };
  const [sumdb, fsck] = [resolve(TOOLS, 'custody-sumdb-check'), resolve(TOOLS, 'fsck')];
  await run('go', ['build', '-o', sumdb, '.'], { cwd: resolve('test/third-party/go'), env });
  if (!existsSync(fsck)) await run('go', ['install', TESSERA], { env: { ...env, GOFLAGS: '' } });
  return { sumdb, fsck };
}

/** All that a program said, and how it ended. */
export async function said(program: string, args: readonly string[]): Promise<{ code: number; text: string }> {
  return run(program, args, { timeout: 60_000 }).then(
    ({ stdout, stderr }) => ({ code: 0, text: stdout + stderr }),
    (error: { code?: number; stdout?: string; stderr?: string }) => ({
      code: error.code ?? -1,
      text: `${error.stdout}${error.stderr}`,
    }),
  );
}
