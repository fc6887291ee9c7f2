import { describe, expect, it } from '@jest/globals';
import { ACTIONS } from '../../src/http/index.js';
import { allRoutes } from '../support/routes.js';

/** The only routes that anyone may call. A new one needs a reason here. */
const PUBLIC = [
  'HomeController.page', // static, for people who follow a link that MLflow's client prints
  'HealthController.plain', // MLflow's clients and load balancers ask before they sign in
  'HealthController.live',
  'HealthController.ready',
  'MultipartUploadController.part', // clients send parts without credentials; the upload's own token lets them in
  'SignInController.signIn', // nobody is signed in before they sign in
  'BrowserSignInController.login', // sends people to where they sign in
  'BrowserSignInController.callback', // they come back with a code, which shows who they are
  'VersionController.version', // clients compare versions before they sign in
  'ServerInfoController.info', // clients learn what is offered before they sign in, as from MLflow itself
];

describe('every route', () => {
  const all = allRoutes();

  it('is found by this test', () => {
    expect(all.length).toBeGreaterThan(60);
    expect(all.map(({ name }) => name)).toContain('LogController.metric');
  });

  it('names the action that it requires, on the handler itself', () => {
    const known = new Set<unknown>(Object.keys(ACTIONS));
    expect(all.filter(({ requires }) => requires !== 'public' && !known.has(requires?.action))).toEqual([]);
  });

  it('is public only when it is on the list', () => {
    expect(
      all
        .filter(({ requires }) => requires === 'public')
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...PUBLIC].sort());
  });
});
