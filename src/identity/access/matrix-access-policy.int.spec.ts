import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UserId } from '../../core/index.js';
import { AccessPolicy } from '../../http/access-policy.js';
import { IdentityLab } from '../testing/identity-lab.js';

const version = {
  kind: 'model-version',
  id: '3',
  name: 'detector',
  parents: [{ kind: 'registered-model', id: 'm-1' }],
};

describe('the access policy', () => {
  let lab: IdentityLab;
  let policy: AccessPolicy;
  beforeEach(async () => {
    lab = await IdentityLab.start();
    policy = lab.app.get(AccessPolicy);
  });
  afterEach(() => lab.stop());

  it('lets pass what the matrix allows, and the system itself', async () => {
    await policy.assert(lab.as('u-1' as UserId, ['reviewer']), 'model:promote', version);
    await policy.assert(lab.system(), 'model:promote', version);
    expect(await lab.events()).toEqual([]);
  });

  it('records what it denies, about the thing itself, before it throws', async () => {
    const context = lab.as('u-1' as UserId, ['analyst']);
    await expect(policy.assert(context, 'model:promote', version)).rejects.toMatchObject({
      kind: 'denied',
      code: 'not-permitted',
    });
    const [event] = await lab.events('AccessDenied');
    expect(event).toMatchObject({ actor: { id: 'u-1' }, data: { action: 'model:promote', resource: version } });
    expect(lab.catalogue.definition('AccessDenied').resource(event!.data)).toEqual(version);
  });

  it('records each try, also when the same command is sent again under one key', async () => {
    const context = { ...lab.as('u-1' as UserId), idempotencyKey: 'k' };
    for (let tries = 0; tries < 2; tries++) {
      await expect(policy.assert(context, 'run:write', { kind: 'run', id: 'r' })).rejects.toMatchObject({
        kind: 'denied',
      });
    }
    expect(await lab.events('AccessDenied')).toHaveLength(2);
  });
});
