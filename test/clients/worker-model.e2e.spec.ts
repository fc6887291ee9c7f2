import { afterAll, beforeAll, it } from '@jest/globals';
import { Proc } from '../support/custody.js';
import { clientServer, withPython } from '../support/python.js';

const PATIENCE = 240_000;

withPython('a model that the worker trained', () => {
  let custody: Awaited<ReturnType<typeof clientServer>>;
  let worker: Proc;

  beforeAll(async () => {
    custody = await clientServer();
    worker = Proc.start(['worker', '--data', custody.data]);
    await worker.ready();
  });
  afterAll(async () => {
    await worker.stop();
    await custody.end();
  });

  it(
    'loads in Python by stage, version and alias, and predicts what the server predicts',
    async () => {
      await custody.script('worker_model').passed();
    },
    PATIENCE,
  );
});
