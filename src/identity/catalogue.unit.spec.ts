import { describe, expect, it } from '@jest/globals';
import { EventCatalogue, JsonObject } from '../core/index.js';
import { evolve as evolveUser, nobody, UserEvent } from './user/events.js';
import { userEvents } from './user/catalogue.js';
import { identityEvents } from './index.js';

const catalogue = new EventCatalogue(identityEvents);

describe('the events of identity', () => {
  it.each(identityEvents.map(({ type }) => type))(
    '%s: every frozen sample is readable and says what it is about',
    (type) => {
      const { samples, resource } = catalogue.definition(type);
      samples.forEach((data, index) => {
        const current = catalogue.upcast<{ type: string; data: JsonObject }>({ type, schema: index + 1, data });
        const { kind, id } = resource(current.data);
        expect(kind).toMatch(
          /^(user|named-role|token|session|break-glass-review|model-version|trail|alert|group|signature|clock)$/,
        );
        expect(id).toMatch(/\S/);
      });
    },
  );

  it('replays the samples of an account from its creation on', () => {
    const events = userEvents.map(({ type, samples }) => ({ type, data: samples.at(-1)! }) as unknown as UserEvent);
    const user = events.reduce(evolveUser, nobody);
    expect(user).toMatchObject({
      status: 'disabled',
      roles: ['analyst', 'reviewer'],
      mustChangePassword: true,
      password: { version: 2 },
    });
    expect(user.status !== 'absent' && user.tokens.size).toBe(0);
  });

  it('names the route where a denial is about nothing in particular', () => {
    const { resource } = catalogue.definition('AccessDenied');
    expect(resource({ action: 'run:write', code: 'x', httpMethod: 'POST', route: '/api/v1/runs' })).toEqual({
      kind: 'route',
      id: 'POST /api/v1/runs',
    });
    expect(resource({ action: 'model:promote', code: 'x' })).toEqual({ kind: 'route', id: 'model:promote' });
  });
});
