import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { account, custody, freshServer, Http } from '../support/custody.js';

const MLFLOW = '/api/2.0/mlflow';
const MODEL = 'lims_contamination_detector';

describe('custody rollback', () => {
  let server: Awaited<ReturnType<typeof freshServer>>;
  let analyst: Http;
  let reviewer: Http;
  beforeAll(async () => {
    server = await freshServer();
    analyst = await account(server.admin, 'ana.lyst', ['analyst']);
    reviewer = await account(server.admin, 're.viewer', ['reviewer']);
    await analyst.post(`${MLFLOW}/registered-models/create`, { name: MODEL });
    for (const version of ['1', '2']) {
      const { body } = await analyst.post<{ run: { info: { run_id: string; artifact_uri: string } } }>(
        `${MLFLOW}/runs/create`,
        { experiment_id: '0' },
      );
      const { run_id, artifact_uri } = body.run.info;
      const source = `${artifact_uri}/model`;
      await analyst.post(`${MLFLOW}/model-versions/create`, { name: MODEL, source, run_id });
      await promote(version);
    }
  });
  afterAll(() => server.end());

  const promote = (version: string) =>
    reviewer.post(`${MLFLOW}/model-versions/transition-stage`, {
      name: MODEL,
      version,
      stage: 'Production',
      archive_existing_versions: true,
    });
  const as = ({ login = '', password = '' }: Http) => ({
    CUSTODY_URL: server.url,
    CUSTODY_USERNAME: login,
    CUSTODY_PASSWORD: password,
  });
  const rollback = (who: Http, ...args: string[]) => custody(['rollback', MODEL, ...args], as(who));
  const inProduction = async () => {
    const { body } = await analyst.post<{ model_versions: { version: string; current_stage: string }[] }>(
      `${MLFLOW}/registered-models/get-latest-versions`,
      { name: MODEL, stages: ['Production'] },
    );
    return body.model_versions.map(({ version }) => version);
  };

  it('brings back the version before, for whoever may promote, and says why in the trail', async () => {
    expect(await inProduction()).toEqual(['2']);
    const alias = (who: Http, name: string) =>
      who.post(`${MLFLOW}/registered-models/alias`, { name: MODEL, alias: name, version: '2' });
    await alias(reviewer, 'champion');
    await alias(analyst, 'newest');
    expect(await rollback(reviewer, '--reason', 'calls clean samples contaminated')).toMatchObject({
      code: 0,
      out: `version 1 of ${MODEL} is in Production again; archived: 2\nso is @champion\n`,
      err: 'still on what was archived: @newest; move what deployments load\n',
    });
    expect(await inProduction()).toEqual(['1']);
    const { body } = await server.admin.get<{ events: { reason: string; actor: { name: string } }[] }>(
      '/api/v1/audit/events?action=ModelVersionRolledBack&limit=1',
    );
    expect(body.events).toMatchObject([{ reason: 'calls clean samples contaminated', actor: { name: 're.viewer' } }]);
  });

  it('is what another client is served by each request that follows the answer, and never again the other one', async () => {
    await promote('2');
    let answered = false;
    const [seen, after]: [string[], string[]] = [[], []];
    const client = (async () => {
      while (after.length < 3) {
        const follows = answered;
        const [version] = await inProduction();
        seen.push(version!);
        if (follows) after.push(version!);
      }
    })();
    const { body } = await reviewer.post(`/api/v1/models/${MODEL}/rollback`, { reason: 'clean samples again' });
    answered = true;
    expect(body).toMatchObject({ model_version: { version: '1', current_stage: 'Production' } });
    // No approvals are in force here: nothing is owed.
    expect(body).not.toHaveProperty('review');
    await client;
    expect(after).toEqual(['1', '1', '1']);
    expect(seen).toEqual([...seen].sort().reverse());
  });

  it('is refused to others, and asks for a reason', async () => {
    const refused = await rollback(analyst, '--reason', 'I like mine more');
    expect(refused.code).toBe(65);
    expect(refused.err).toContain('model:promote');
    expect((await rollback(reviewer)).code).toBe(64);
    expect(await inProduction()).toEqual(['1']);
  });

  it('is there in an emergency for whoever may break the glass, and is overdue until somebody reviewed it', async () => {
    await promote('2');
    expect((await rollback(analyst, '--emergency', '--reason', 'nobody is here')).err).toContain(
      'before there is need',
    );
    expect(await inProduction()).toEqual(['2']);
    const { body: me } = await analyst.get<{ user_id: string }>('/api/v1/users/me');
    await server.admin.post(`/api/v1/users/${me.user_id}/break-glass`, { allowed: true, reason: 'on call' });
    const done = await rollback(analyst, '--emergency', '--reason', 'nobody is here', '--json');
    expect(done.code).toBe(0);
    const { review_id, model_version } = JSON.parse(done.out) as {
      review_id: string;
      model_version: { version: string };
    };
    expect(model_version.version).toBe('1');
    expect(await inProduction()).toEqual(['1']);
    const { body } = await server.admin.get('/api/v1/break-glass/reviews?state=overdue');
    expect(body).toMatchObject({ reviews: [{ review_id, role: 'reviewer', reason: 'nobody is here', overdue: true }] });
  });
});
