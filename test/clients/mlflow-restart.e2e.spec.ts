import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Proc } from '../support/custody.js';
import { clientServer, withPython } from '../support/python.js';

const PATIENCE = 180_000;

withPython('the unmodified mlflow client, when the server dies in mid-run', () => {
  let custody: Awaited<ReturnType<typeof clientServer>>;
  let second: Proc | undefined;

  beforeEach(async () => {
    custody = await clientServer();
  });
  afterEach(async () => {
    await second?.stop();
    await custody.end();
  });

  it(
    'goes on with the run by its own retries, and nothing is lost or written twice',
    async () => {
      const script = custody.script('resume_after_restart');
      await script.says('running');
      await custody.server.kill();
      script.child.stdin!.write('down\n');
      await script.says('sending');
      second = Proc.start(['serve', '--port', new URL(custody.url).port, '--data', custody.data]);
      await second.ready();
      await script.passed();
      expect(script.err).toContain('Retrying');
    },
    PATIENCE,
  );
});
