import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fire, LOG_METRIC, metricOf } from './load.mjs';
import { ratio } from './report.mjs';
import { ANALYST, basic, emptyHandler, serve, signIn, start } from './server.mjs';
import { withFolder } from './temp.mjs';

const ROUNDS = 5;

/**
 * What it costs to know who asks: `runs/log-metric` with each kind of credentials, against the same call on an
 * open server, which asks nobody. Both write the same events, durably. The empty handler stands beside them.
 */
export function credentials(scale) {
  return withFolder(async (folder) => {
    const provider = await start(fileURLToPath(new URL('./openid-provider.mjs', import.meta.url)), []);
    const { issuer, audience, accessToken } = provider.ready;
    const env = {
      ...process.env,
      CUSTODY_OIDC_ISSUER: issuer,
      CUSTODY_OIDC_AUDIENCE: audience,
      CUSTODY_OIDC_ROLE_CLAIM: 'groups',
      CUSTODY_OIDC_ROLE_MAP: 'trainers=analyst',
    };
    const custody = await serve(join(folder, 'data'), { env });
    const open = await serve(join(folder, 'open'), {}, ['--open']);
    const empty = await emptyHandler();
    try {
      const bearer = await signIn(custody.ready);
      const { url } = custody.ready;
      const ways = {
        open: [open.ready.url, undefined],
        Basic: [url, basic(ANALYST.login, ANALYST.password)],
        Bearer: [url, bearer],
        OpenID: [url, `Bearer ${accessToken}`],
        empty: [empty.ready.url, undefined],
      };
      return await compare(ways, 4 * scale);
    } finally {
      await Promise.all([custody.stop(), open.stop(), empty.stop(), provider.stop()]);
    }
  });
}

async function compare({ empty, ...ways }, seconds) {
  const bodies = {};
  for (const [name, way] of Object.entries(ways)) bodies[name] = await metricOf(...way);
  const all = { ...ways, empty };
  const load = (name) => fire(all[name][0] + LOG_METRIC, bodies[name] ?? bodies.open, all[name][1], seconds);
  const figures = Object.fromEntries(Object.keys(all).map((name) => [name, []]));
  for (const name of Object.keys(all)) await load(name);
  for (let round = 0; round < ROUNDS; round++)
    for (const name of Object.keys(all)) figures[name].push(await load(name));
  const against = (name, of, yardstick, budget) =>
    ratio(`runs/log-metric, ${name}`, 'requests/s', figures[name], figures[of], yardstick, budget);
  return [
    ...['Basic', 'Bearer', 'OpenID'].map((name) => against(name, 'open', 'the same on an open server', 0.7)),
    ...['open', 'Basic', 'Bearer', 'OpenID'].map((name) => against(name, 'empty', 'empty handler, NestJS on Fastify')),
  ];
}
