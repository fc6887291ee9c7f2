import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UserId } from '../../core/index.js';
import { CustodyRequest } from '../../http/index.js';
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

  it('says what for, which right, who has it, and the way to it', async () => {
    const why = 'version 1 of detector is in Production: move it to another stage before it is deleted';
    await expect(
      policy.assert(lab.as('u-1' as UserId, ['analyst']), 'model:promote', version, { why }),
    ).rejects.toMatchObject({
      message: `${why}; you have the role analyst, which may not move versions into and out of Production (model:promote); that takes the role reviewer: ask somebody who has it, or an administrator to give it to you`,
    });
  });

  it('records what no role is enough for, and what nobody asked for', async () => {
    const denied = { action: 'artifact:write', code: 'not-yours', message: 'no', resource: version } as const;
    const refusal = { kind: 'denied', code: 'not-yours', message: 'no' };
    await expect(policy.refuse(lab.as('u-1' as UserId), denied)).rejects.toMatchObject(refusal);
    const request = { id: 'r', ip: '192.0.2.7', headers: { 'user-agent': 'curl' } } as unknown as CustodyRequest;
    await expect(policy.refuseUnknown(request, denied)).rejects.toMatchObject(refusal);
    const { message: _, ...data } = denied;
    const events = await lab.events('AccessDenied');
    expect(events).toMatchObject([
      { actor: { id: 'u-1' }, data },
      { actor: { id: 'anonymous', verified: false }, data },
    ]);
    expect(JSON.stringify(events)).not.toMatch(/192\.0\.2\.7|curl/);
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
