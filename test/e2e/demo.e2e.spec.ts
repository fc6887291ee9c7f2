import { createHash } from 'node:crypto';
import { createServer, Server } from 'node:net';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { custody, dataFolder } from '../support/custody.js';

/** Takes a port that nobody else has, so that the demo finds it taken. */
const takePort = (): Promise<{ port: number; server: Server }> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () =>
      resolve({ server, port: (server.address() as { port: number }).port }),
    );
  });

describe('the demo', () => {
  const data = dataFolder();
  let taken: Awaited<ReturnType<typeof takePort>>;
  beforeAll(async () => {
    taken = await takePort();
  });
  afterAll(() => {
    taken.server.close();
    data.remove();
  });

  it('plays the laboratory’s story to its end and exits with status 0', async () => {
    const { code, out, err } = await custody(['demo', '--exit', '--data', data.path, '--port', String(taken.port)]);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toContain(`port ${taken.port} is taken; taking `);
    for (const words of [
      /samples +1000/,
      /contamination rate +15\.0 %/,
      /S00000/,
      /n_estimators +100/,
      /class_weight +balanced/,
      /Feature importance/,
      /Confusion matrix/,
    ]) {
      expect(out).toMatch(words);
    }
    const f1 = Number(/test_f1 +([\d.]+)/.exec(out)?.[1]);
    expect(f1).toBeGreaterThanOrEqual(0.88);
    expect(f1).toBeLessThan(1);
    expect(out).toMatch(/registered +lims_contamination_detector, version 1/);
    expect(out).toMatch(/Staging → Production +refused to the analyst/);
    expect(out).toMatch(/1 +Production/);
    for (const sample of ['TEST001', 'TEST002', 'TEST004']) expect(out).toMatch(new RegExp(`${sample} .*clean .*LOW`));
    for (const sample of ['TEST003', 'TEST005']) expect(out).toMatch(new RegExp(`${sample} .*contaminated .*HIGH`));
    expect(out).toMatch(/WARNING.*TEST003.*TEST005/s);
    expect(out).toMatch(
      /TrainingSucceeded by svc-training-worker for senior\.ds\.lead\n.*on LIMS_Synthetic_v1 \(SHA-256 [0-9a-f]{16}…\)/,
    );
    expect(out).toMatch(/model-version lims_contamination_detector version 1\n/);
  });

  it('adds to its own history the second time', async () => {
    const { code, out } = await custody(['demo', '--exit', '--data', data.path]);
    expect(code).toBe(0);
    expect(out).toContain('from the run before');
    expect(out).toMatch(/registered +lims_contamination_detector, version 2/);
    expect(out).toMatch(/1 +Archived/);
    expect(out).toMatch(/2 +Production/);
  });

  it('takes a laboratory’s own file, and names line and column of a bad row', async () => {
    const file = join(data.path, 'own.csv');
    const good = (index: number) => `S${index},${index % 5 ? '7.2,4.0,0.8,2.4,0' : '6.4,13.0,8.0,5.5,1'}`;
    const rows = Array.from({ length: 60 }, (_, index) => good(index));
    rows[6] = 'S6,7.2,warm,0.8,2.4,0';
    writeFileSync(
      file,
      ['sample_id,ph_level,temperature,turbidity,processing_time,is_contaminated', ...rows].join('\n'),
    );
    const { code, err } = await custody(['demo', '--exit', '--data', data.path, '--data-file', file]);
    expect(code).toBe(65);
    expect(err).toBe('custody: own.csv: line 8, column temperature: "warm" is text where a number must be\n');
  });

  it('does not bring a model into production that the measured values speak against', async () => {
    const file = join(data.path, 'noise.csv');
    // The label has nothing to do with the sample.
    const digit = (text: string) => createHash('sha256').update(text).digest()[0]! % 10;
    const row = (index: number) =>
      [
        `S${index}`,
        ...['ph', 'temperature', 'turbidity', 'hours'].map((column) => 1 + digit(column + index)),
        digit(`label${index}`) < 4 ? 1 : 0,
      ].join(',');
    const rows = Array.from({ length: 80 }, (_, index) => row(index));
    writeFileSync(
      file,
      ['sample_id,ph_level,temperature,turbidity,processing_time,is_contaminated', ...rows].join('\n'),
    );
    const { code, out } = await custody(['demo', '--exit', '--data', data.path, '--data-file', file]);
    expect(code).toBe(0);
    expect(out).toMatch(/declined by the reviewer: F1 0\.\d+/);
    expect(out).toContain('stays in Staging');
  });

  it.each([
    ['is not there', 'none.csv', 'there is no such file or folder'],
    ['is a folder', '.', 'it is a folder'],
  ])('says so when the file %s', async (_, name, why) => {
    const file = join(data.path, name);
    const { code, err } = await custody(['demo', '--exit', '--data', data.path, '--data-file', file]);
    expect([code, err]).toEqual([74, `custody: the data file ${file} can't be read: ${why}\n`]);
  });

  it('leaves nothing behind of a file that nobody can train on', async () => {
    const folder = dataFolder();
    const file = join(folder.path, 'german.csv');
    writeFileSync(file, 'sample_id;ph_level;is_contaminated\nS1;7,2;0\n');
    const fresh = join(folder.path, 'data');
    const { code, err } = await custody(['demo', '--exit', '--data', fresh, '--data-file', file]);
    expect(code).toBe(65);
    expect(err).toBe(
      'custody: german.csv: line 1: the file looks separated by semicolons; its values must be separated by commas\n',
    );
    expect(existsSync(fresh)).toBe(false);
    folder.remove();
  });
});
