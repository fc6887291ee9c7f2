import { join } from 'node:path';
import { latency } from './report.mjs';
import { basic, call, serve, signIn } from './server.mjs';
import { withFolder } from './temp.mjs';

const MLFLOW = '/api/2.0/mlflow';
const NAME = 'detector';
const BUDGET_MS = 1000;
const ADMIN_PASSWORD = 'bench password 1';
const REVIEWER = { login: 'bench.reviewer', password: 'bench password 3' };

/**
 * From the call that rolls back to the first answer, to another client, of the version before as the one in
 * Production. Approvals are in force, so each rollback also opens its review; the versions came into Production
 * before they were.
 */
export function rollback(scale) {
  return withFolder(async (folder) => {
    const data = join(folder, 'data');
    const rollbacks = Math.max(20, Math.ceil(200 * scale));
    const { analyst, reviewer } = await promoted(data, rollbacks + 1);
    const custody = await serve(data, { env: { ...process.env, CUSTODY_PRODUCTION_APPROVALS: '2' } });
    try {
      const { url } = custody.ready;
      const [answered, served] = [[], []];
      for (let version = rollbacks; version > 0; version--) {
        const started = performance.now();
        const { review } = await call(url, reviewer, `/api/v1/models/${NAME}/rollback`, { reason: 'the bench' });
        answered.push(performance.now() - started);
        const { model_versions: found } = await call(url, analyst, `${MLFLOW}/registered-models/get-latest-versions`, {
          name: NAME,
          stages: ['Production'],
        });
        served.push(performance.now() - started);
        // A quick answer with another version is no figure, nor is one without the review that it owes.
        if (found.length !== 1 || found[0].version !== String(version) || review?.number === undefined)
          throw new Error(`${JSON.stringify({ found, review })} after the rollback to version ${version}`);
      }
      return [
        latency('rollback, answered', answered, BUDGET_MS),
        latency('rollback, until the version before is served', served, BUDGET_MS),
      ];
    } finally {
      await custody.stop();
    }
  });
}

/** So many versions, each in Production for a while. */
async function promoted(data, versions) {
  const custody = await serve(data);
  try {
    const { url, firstStart } = custody.ready;
    const analyst = await signIn(custody.ready);
    const reviewer = await reviewerOf(url, basic(firstStart.login, ADMIN_PASSWORD));
    await call(url, analyst, `${MLFLOW}/registered-models/create`, { name: NAME });
    for (let version = 1; version <= versions; version++) {
      await call(url, analyst, `${MLFLOW}/model-versions/create`, { name: NAME, source: `s3://bucket/${version}` });
      await call(url, reviewer, `${MLFLOW}/model-versions/transition-stage`, {
        name: NAME,
        version: String(version),
        stage: 'Production',
        archive_existing_versions: true,
      });
    }
    return { analyst, reviewer };
  } finally {
    await custody.stop();
  }
}

async function reviewerOf(url, admin) {
  const made = await call(url, admin, '/api/v1/users', {
    login: REVIEWER.login,
    roles: ['reviewer'],
    reason: 'the bench',
    identity_verified: 'known to the bench',
  });
  const change = { current: made.one_time_password, new: REVIEWER.password };
  await call(url, basic(REVIEWER.login, made.one_time_password), '/api/v1/users/me/password', change);
  const own = basic(REVIEWER.login, REVIEWER.password);
  const { token } = await call(url, own, '/api/v1/tokens', { label: 'bench' });
  return `Bearer ${token}`;
}
