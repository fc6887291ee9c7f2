import { describe, expect, it } from '@jest/globals';
import { EventCatalogue } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { webhookEvents } from './catalogue.js';
import { webhooksDecider } from './decide.js';
import { evolve, noWebhooks, WebhookCreated, WebhookEvent } from './events.js';

const { given } = specFor(webhooksDecider);
const at = 1767603600000;
const sealed = { subject: 'w1', box: 'v1.a.b' };
const data: WebhookCreated = {
  webhookId: 'w1',
  name: 'deploy',
  at,
  host: 'ci.lab.example',
  url: sealed,
  secret: sealed,
  events: ['model_version.created'],
  status: 'ACTIVE',
};
const created = (webhookId = 'w1'): WebhookEvent => ({ type: 'WebhookCreated', data: { ...data, webhookId } });
const deleted: WebhookEvent = { type: 'WebhookDeleted', data: { webhookId: 'w1', name: 'deploy', at } };
const update = (changes: object) => ({ type: 'update' as const, webhookId: 'w1', at, ...changes });
const NOT_FOUND = { kind: 'not-found', code: 'webhook-not-found', field: 'webhook_id' } as const;

describe('a webhook', () => {
  it('is set up, once for one request', () => {
    given()
      .when({ type: 'create', ...data })
      .then(created());
    given(created())
      .when({ type: 'create', ...data })
      .thenNothing();
  });

  it('is one of a hundred at most', () => {
    const many = Array.from({ length: 100 }, (_, index) => created(`w${index}`));
    given(...many)
      .when({ type: 'create', ...data, webhookId: 'one more' })
      .thenRefused({ kind: 'state', code: 'too-many-webhooks' });
  });

  it('changes in what is given only', () => {
    given(created())
      .when(update({ status: 'DISABLED', secret: undefined }))
      .then({ type: 'WebhookUpdated', data: { webhookId: 'w1', name: 'deploy', at, status: 'DISABLED' } });
    given(created())
      .when(update({ name: 'other' }))
      .then({ type: 'WebhookUpdated', data: { webhookId: 'w1', name: 'other', at } });
    given(created()).when(update({})).thenNothing();
  });

  it('stops signing when its secret is taken away, and not before', () => {
    const after = (changes: object) =>
      evolve(evolve(noWebhooks, created()), {
        type: 'WebhookUpdated',
        data: { webhookId: 'w1', name: 'deploy', at: at + 1, ...changes },
      }).byId.get('w1');
    expect(after({ secret: null })?.secret).toBeUndefined();
    expect(after({ status: 'DISABLED' })).toMatchObject({ secret: sealed, status: 'DISABLED', updatedAt: at + 1 });
  });

  it('is deleted, and then nothing can be done to it', () => {
    given(created()).when({ type: 'delete', webhookId: 'w1', at }).then(deleted);
    given(created(), deleted).when({ type: 'delete', webhookId: 'w1', at }).thenRefused(NOT_FOUND);
    given(created(), deleted)
      .when(update({ name: 'x' }))
      .thenRefused(NOT_FOUND);
  });

  it('is told again what it could not be told while it is active, each time anew', () => {
    const replayed: WebhookEvent = { type: 'WebhookDeliveriesReplayed', data: { webhookId: 'w1', name: 'deploy', at } };
    const replay = { type: 'replay' as const, webhookId: 'w1', at };
    given(created()).when(replay).then(replayed);
    given(created(), replayed).when(replay).then(replayed);
    const off: WebhookEvent = {
      type: 'WebhookUpdated',
      data: { webhookId: 'w1', name: 'deploy', at, status: 'DISABLED' },
    };
    given(created(), off).when(replay).thenRefused({ kind: 'state', code: 'webhook-disabled', field: 'status' });
    given().when(replay).thenRefused(NOT_FOUND);
  });

  it('has events that say what they are about', () => {
    const catalogue = new EventCatalogue(webhookEvents);
    for (const { type, samples } of webhookEvents)
      expect(catalogue.definition(type).resource(samples[0])).toMatchObject({
        kind: 'webhook',
        name: 'deploy-pipeline',
      });
  });
});
