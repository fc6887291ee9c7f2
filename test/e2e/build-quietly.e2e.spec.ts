import { spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

describe('npm start, run demo and run worker', () => {
  let project: string;
  const main = () => join(project, 'dist', 'main.js');
  const build = () =>
    spawnSync(process.execPath, [resolve('scripts/build-quietly.mjs')], { cwd: project, encoding: 'utf8' });

  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), 'custody-build-'));
    for (const file of ['nest-cli.json', '.swcrc', 'tsconfig.json', 'tsconfig.build.json'])
      copyFileSync(file, join(project, file));
    writeFileSync(join(project, 'package.json'), '{"type": "module"}');
    mkdirSync(join(project, 'node_modules'));
    for (const name of readdirSync('node_modules'))
      if (!name.startsWith('.')) symlinkSync(resolve('node_modules', name), join(project, 'node_modules', name));
    mkdirSync(join(project, 'src'));
    writeFileSync(join(project, 'src', 'main.ts'), 'export const answer: number = 42;\n');
  });
  afterEach(() => rmSync(project, { recursive: true, force: true }));

  it('build before they start, and say nothing of it', () => {
    for (const name of ['start', 'worker', 'demo']) {
      const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
      expect(scripts[name]).toMatch(/^node scripts\/build-quietly\.mjs && node dist\/cli\/main\.js /);
    }
    expect(build()).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(readFileSync(main(), 'utf8')).toContain('42');
  });

  it('leave a build alone that is up to date, under the feet of a server that runs from it', () => {
    build();
    const { ino, mtimeMs } = statSync(main());
    expect(build()).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(statSync(main())).toMatchObject({ ino, mtimeMs });
    writeFileSync(join(project, 'src', 'main.ts'), 'export const answer: number = 43;\n');
    build();
    expect(readFileSync(main(), 'utf8')).toContain('43');
  });

  it('build once when two are started together', async () => {
    const start = () =>
      new Promise<number | null>((done) =>
        spawn(process.execPath, [resolve('scripts/build-quietly.mjs')], { cwd: project, stdio: 'inherit' }).once(
          'exit',
          done,
        ),
      );
    const builds = [start(), start()];
    await Promise.race(builds);
    const first = statSync(main()).ino;
    expect(await Promise.all(builds)).toEqual([0, 0]);
    expect(statSync(main()).ino).toBe(first);
  });

  it('show all that the compiler says when it fails, and go no further', () => {
    writeFileSync(join(project, 'src', 'main.ts'), "export const answer: number = 'forty-two';\n");
    const { status, stderr } = build();
    expect(status).toBeGreaterThan(0);
    expect(stderr).toMatch(/src\/main\.ts.*TS2322/s);
    // The next try builds again, and does not take what is there for good.
    expect(build().status).toBeGreaterThan(0);
  });
});
