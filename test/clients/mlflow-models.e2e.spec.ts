import { afterAll, beforeAll, it } from '@jest/globals';
import { clientServer, withPython } from '../support/python.js';

const PATIENCE = 180_000;

withPython('the unmodified mlflow package', () => {
  let custody: Awaited<ReturnType<typeof clientServer>>;

  beforeAll(async () => {
    custody = await clientServer();
  });
  afterAll(() => custody.end());

  it.each([
    ['autologs, registers, stages, aliases and loads models of scikit-learn', 'sklearn_models'],
    ['compares a random forest with XGBoost and registers the better one', 'forest_against_xgboost'],
    ['does from the command line what it does from Python', 'command_line'],
  ])(
    '%s',
    async (_, name) => {
      await custody.script(name).passed();
    },
    PATIENCE,
  );
});
