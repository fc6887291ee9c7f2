import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { limsCsv } from './lims-samples.js';
import { compileEngine } from './testing/compiled-engine.js';
import { trainInThread } from './train-in-thread.js';
import { trainOnCsv, TrainingProgress } from './train.js';

const data = limsCsv({ count: 200 });
const parameters = { n_estimators: 4 };

describe('training from the sources', () => {
  it('runs inline, with the same result and the same refusals', async () => {
    await expect(trainInThread({ data, parameters })).resolves.toEqual(trainOnCsv({ data, parameters }));
    await expect(trainInThread({ data: new Uint8Array() })).rejects.toMatchObject({ code: 'training-data-invalid' });
  });

  it('does not start once it is aborted', async () => {
    const progress: TrainingProgress[] = [];
    const training = trainInThread(
      { data, parameters },
      { signal: AbortSignal.abort(new Error('changed my mind')), onProgress: (one) => progress.push(one) },
    );
    await expect(training).rejects.toThrow('changed my mind');
    expect(progress).toEqual([]);
  });
});

describe('training in a thread', () => {
  let engine: Awaited<ReturnType<typeof compileEngine>>;
  beforeAll(async () => {
    engine = await compileEngine();
  });
  afterAll(() => engine.remove());

  /** Runs the body of a program in a Node process of its own; it returns what is to be seen here, as JSON. */
  async function play(body: string): Promise<unknown> {
    const program = `
      const { trainInThread, limsCsv } = await import(${JSON.stringify(engine.url('index.js'))});
      const failure = (error) => ({ name: error.name, kind: error.kind, code: error.code, field: error.field, message: error.message });
      const answer = await (async () => { ${body} })();
      console.log(JSON.stringify(answer));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
    return JSON.parse(stdout);
  }

  it('gives the same model, tells its progress and leaves the main thread free', async () => {
    const answer = await play(`
      let ticks = 0;
      const timer = setInterval(() => ticks++, 1);
      const steps = [];
      const output = await trainInThread(
        { data: limsCsv({ count: 200 }), parameters: { n_estimators: 4 } },
        { onProgress: ({ step, trees }) => steps.push([step, trees]) },
      );
      clearInterval(timer);
      const model = Buffer.from(output.artifacts[0].bytes).toString('utf8');
      return { metrics: output.metrics, model, steps, free: ticks > 0 };`);
    const inline = trainOnCsv({ data, parameters });
    expect(answer).toEqual({
      metrics: inline.metrics,
      model: new TextDecoder().decode(inline.artifacts[0]!.bytes),
      steps: [
        ['reading', 0],
        ['growing', 1],
        ['growing', 2],
        ['growing', 3],
        ['growing', 4],
        ['evaluating', 4],
      ],
      free: true,
    });
  });

  it('hands a refusal on with its code and field', async () => {
    const answer = await play(`
      const data = new TextEncoder().encode(new TextDecoder().decode(limsCsv({ count: 50 })) + 'S9,hot,4,1,2,0\\n');
      return trainInThread({ data }).catch(failure);`);
    expect(answer).toEqual({
      name: 'CustodyError',
      kind: 'invalid',
      code: 'training-data-invalid',
      field: 'ph_level',
      message: 'line 52, column ph_level: "hot" is text where a number must be',
    });
  });

  it('ends at once when it is aborted, and lets the process end', async () => {
    const answer = await play(`
      const control = new AbortController();
      const trees = [];
      const training = trainInThread(
        { data: limsCsv({ count: 2000 }), parameters: { n_estimators: 1000 } },
        { signal: control.signal, onProgress: (progress) => { trees.push(progress.trees); control.abort(new Error('enough')); } },
      );
      return { ...(await training.catch(failure)), early: trees.at(-1) < 1000 };`);
    expect(answer).toMatchObject({ name: 'Error', message: 'enough', early: true });
  });

  it('says so when its memory is too small, and the process lives on', async () => {
    const answer = await play(`
      const data = limsCsv({ count: 100000 });
      const limits = { rows: 200000, bytes: 1e8 };
      return trainInThread({ data, limits }, { memoryMiB: 16 }).catch(failure);`);
    expect(answer).toMatchObject({ kind: 'too-large', code: 'training-out-of-memory' });
  });

  it('fails with the error of a listener that throws', async () => {
    const answer = await play(`
      const onProgress = () => { throw new Error('the listener broke'); };
      return trainInThread({ data: limsCsv({ count: 200 }) }, { onProgress }).catch(failure);`);
    expect(answer).toMatchObject({ message: 'the listener broke' });
  });
});
