import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { databricksEventList, webhookAuthorization } from './rules.js';
import { WebhooksLab } from './testing/webhooks-lab.js';
import { DATABRICKS_EVENTS, GOVERNANCE_EVENTS } from './webhook-event.js';

const request = {
  approvalId: 'ap-0192f0a8-c4b7-7a1e-9d3c-5b6a7f8e9d0c',
  number: 7,
  kind: 'model-version',
  title: 'detector 1 to Production',
  action: { type: 'stage', name: 'detector', version: 1, stage: 'Production', archive_existing_versions: true },
  requester: 'u-01890a5d-ac96-774b-bcce-b302099a8057',
};
const STREAM = `approval-${request.approvalId}`;

describe('webhooks of governance', () => {
  let lab: WebhooksLab;
  beforeEach(async () => {
    lab = await WebhooksLab.open();
    await lab.call('POST', 'registered-models/create', { name: 'detector' });
    await lab.version();
  });
  afterEach(() => lab.close());

  const make = async (input: object) => {
    const asked = { name: 'ours', url: `${lab.receiver.url}/hook`, ...input };
    const { status, body } = await lab.custody('POST', 'webhooks', asked);
    expect([status, body]).toMatchObject([200, { webhook: {} }]);
    return (body['webhook'] as { webhook_id: string }).webhook_id;
  };
  const move = (stage: string) =>
    lab.call('POST', 'model-versions/transition-stage', { name: 'detector', version: '1', stage });

  it('tell each step of a request, with what it is about, and never an address or a name', async () => {
    await make({ events: GOVERNANCE_EVENTS });
    await lab.happened(STREAM, 'ApprovalRequested', { ...request, comment: 'please' });
    const later = { approvalId: request.approvalId, number: 7, kind: request.kind };
    await lab.happened(STREAM, 'ApprovalSigned', { ...later, decision: 'approve', signature: { printedName: 'x' } });
    await lab.happened(STREAM, 'ApprovalGranted', { ...later, digest: 'd' });
    await lab.happened(STREAM, 'ApprovalCarriedOut', { ...later, result: {} });
    const told = await lab.told(4);
    expect(told.map(({ entity, action }) => `${entity as string}.${action as string}`)).toEqual([
      'approval.requested',
      'approval.signed',
      'approval.granted',
      'approval.carried_out',
    ]);
    const about = { approval_id: request.approvalId, number: 7, kind: 'model-version', action: request.action };
    for (const { data } of told) expect(data).toMatchObject({ ...about, title: request.title });
    expect(told[1]).toMatchObject({ data: { decision: 'approve', by: 'system' } });
    expect(JSON.stringify(told)).not.toMatch(/signature|printedName/);
  });

  it('tell of withdrawn, expired, rejected and void requests, of comments, moves and alerts', async () => {
    await make({ events: GOVERNANCE_EVENTS });
    await lab.happened(STREAM, 'ApprovalRequested', request);
    for (const end of [
      'ApprovalRejected',
      'ApprovalWithdrawn',
      'ApprovalExpired',
      'ApprovalVoided',
      'ApprovalCommented',
    ])
      await lab.happened(STREAM, end, { approvalId: request.approvalId });
    await move('Staging');
    await lab.happened('alerts-2026-01-05', 'AlertRaised', { alert: 'break-glass', userId: 'u-1' });
    const told = await lab.told(8);
    expect(told.slice(1).map(({ entity, action }) => `${entity as string}.${action as string}`)).toEqual([
      'approval.rejected',
      'approval.withdrawn',
      'approval.expired',
      'approval.voided',
      'approval.commented',
      'model_version.transitioned',
      'security.alert',
    ]);
    expect(told[6]).toMatchObject({
      data: { name: 'detector', version: '1', from_stage: 'None', to_stage: 'Staging' },
    });
    expect(told[7]).toMatchObject({ data: { alert: 'break-glass', user_id: 'u-1' } });
  });

  it('tell nobody of alerts who did not ask for them', async () => {
    await make({ events: ['model_version.transitioned'] });
    await lab.happened('alerts-2026-01-05', 'AlertRaised', { alert: 'break-glass' });
    await move('Staging');
    expect(await lab.told(1)).toMatchObject([{ entity: 'model_version' }]);
  });

  it("are told in Databricks' form, signed as its receivers check it, with their own authorization", async () => {
    const input = { format: 'databricks', secret: 's3cret', authorization: 'Bearer t0ken', events: DATABRICKS_EVENTS };
    const id = await make(input);
    await move('Production');
    await lab.happened(STREAM, 'ApprovalRequested', request);
    const told = await lab.told(2);
    expect(told).toMatchObject([
      {
        event: 'MODEL_VERSION_TRANSITIONED_STAGE',
        webhook_id: id,
        model_name: 'detector',
        version: '1',
        from_stage: 'None',
        to_stage: 'Production',
        text: "Registered model 'detector' version 1 transitioned from None to Production.",
      },
      { event: 'TRANSITION_REQUEST_CREATED', model_name: 'detector', version: '1', to_stage: 'Production' },
    ]);
    expect(typeof told[0]!['event_timestamp']).toBe('number');
    const { headers, body } = lab.receiver.received[0]!;
    expect(headers['x-databricks-signature']).toBe(createHmac('sha256', 's3cret').update(body).digest('hex'));
    expect(headers['authorization']).toBe('Bearer t0ken');
    expect(headers['x-mlflow-signature']).toBeUndefined();
    expect(JSON.stringify(await lab.room.events())).not.toMatch(/s3cret|t0ken/);
  });

  it('asked for one stage only are told of that stage only', async () => {
    await make({ format: 'databricks', events: ['MODEL_VERSION_TRANSITIONED_TO_PRODUCTION'] });
    await move('Staging');
    await move('Production');
    expect(await lab.told(1)).toMatchObject([{ event: 'MODEL_VERSION_TRANSITIONED_TO_PRODUCTION' }]);
  });

  it("are not shown to MLflow's clients, who can't say what they are told of, nor changed by them", async () => {
    const id = await make({ format: 'databricks', events: ['COMMENT_CREATED'] });
    const mixed = await make({ name: 'mixed', events: ['security.alert', 'model_version.created'] });
    const { body } = await lab.call('GET', 'webhooks');
    expect(body).toMatchObject({
      webhooks: [{ webhook_id: mixed, events: [{ entity: 'MODEL_VERSION', action: 'CREATED' }] }],
    });
    for (const [method, path] of [
      ['GET', `webhooks/${id}`],
      ['PATCH', `webhooks/${id}`],
      ['DELETE', `webhooks/${id}`],
      ['POST', `webhooks/${id}/test`],
    ] as const)
      expect(await lab.call(method, path)).toMatchObject({ status: 404 });
    await lab.call('PATCH', `webhooks/${mixed}`, { events: [{ entity: 'PROMPT', action: 'CREATED' }] });
    const after = await lab.custody('GET', `webhooks/${mixed}`);
    expect(after.body).toMatchObject({ webhook: { events: ['prompt.created', 'security.alert'] } });
  });

  it('can be tested with each event, in its form', async () => {
    const ours = await make({ events: GOVERNANCE_EVENTS });
    const theirs = await make({ name: 'theirs', format: 'databricks', events: DATABRICKS_EVENTS });
    for (const [id, names] of [
      [ours, GOVERNANCE_EVENTS],
      [theirs, DATABRICKS_EVENTS],
    ] as const)
      for (const event of names)
        expect((await lab.custody('POST', `webhooks/${id}/test`, { event })).body).toMatchObject({
          result: { success: true, response_status: 200 },
        });
    expect(lab.receiver.received).toHaveLength(GOVERNANCE_EVENTS.length + DATABRICKS_EVENTS.length);
    expect(await lab.custody('POST', `webhooks/${ours}/test`, { event: 'COMMENT_CREATED' })).toMatchObject({
      status: 400,
      body: { field: 'event' },
    });
  });

  it('in test mode are told of tests only', async () => {
    const id = await make({ format: 'databricks', status: 'TEST_MODE', events: ['MODEL_VERSION_TRANSITIONED_STAGE'] });
    await move('Staging');
    await lab.custody('POST', `webhooks/${id}/test`, {});
    const other = await make({ name: 'other', events: ['model_version.transitioned'] });
    await move('Production');
    await lab.outcomes(other, 1);
    expect((await lab.told(2)).map(({ text }) => text)).toEqual([
      'Test of MODEL_VERSION_TRANSITIONED_STAGE.',
      undefined,
    ]);
  });

  it.each([
    [{ events: ['model_version.exploded'] }, 'events'],
    [{ events: ['COMMENT_CREATED'] }, 'events'],
    [{ format: 'databricks', events: ['approval.signed'] }, 'events'],
    [{ events: [] }, 'events'],
    [{ authorization: 'Bearer a\r\nX-Evil: 1' }, 'authorization'],
    [{ url: 'http://169.254.169.254/' }, 'url'],
  ])('refuse %j and name the field', async (input, field) => {
    const asked = { name: 'x', url: `${lab.receiver.url}/hook`, events: ['approval.signed'], ...input };
    expect(await lab.custody('POST', 'webhooks', asked)).toMatchObject({ status: 400, body: { field } });
  });

  it('have a log of every attempt, with what came of it and when the next one is due', async () => {
    const id = await make({ events: ['model_version.transitioned'] });
    lab.receiver.answer(503, 429, 200, 404);
    await move('Staging');
    await lab.outcomes(id, 1);
    await move('Production');
    await lab.outcomes(id, 2);
    const { body } = await lab.custody('GET', `webhooks/${id}/deliveries`);
    const ids = lab.receiver.received.map(({ headers }) => headers['x-mlflow-delivery-id']);
    expect(body).toEqual({
      deliveries: [
        {
          delivery_id: ids[3],
          event_id: expect.any(String),
          event: 'model_version.transitioned',
          state: 'failed',
          attempts: 1,
          tried: [{ at: expect.any(String), status: 404, reason: 'the receiver answered 404' }],
        },
        {
          delivery_id: ids[0],
          event_id: expect.any(String),
          event: 'model_version.transitioned',
          state: 'delivered',
          attempts: 3,
          tried: [
            { at: expect.any(String), status: 503, reason: 'the receiver answered 503' },
            { at: expect.any(String), status: 429, reason: 'the receiver answered 429' },
            { at: expect.any(String), status: 200 },
          ],
        },
      ],
    });
    const one = await lab.custody('GET', `webhooks/${id}/deliveries?max_results=1&state=delivered`);
    expect(one.body).toMatchObject({ deliveries: [{ state: 'delivered' }] });
    const first = await lab.custody('GET', `webhooks/${id}/deliveries?max_results=1`);
    const rest = await lab.custody('GET', `webhooks/${id}/deliveries?before=${first.body['next'] as number}`);
    expect(rest.body).toMatchObject({ deliveries: [{ delivery_id: ids[0] }] });
  });

  it('say of a delivery under way when it is tried again', async () => {
    await lab.close();
    lab = await WebhooksLab.open({ backoffMs: () => 3_600_000 });
    await lab.call('POST', 'registered-models/create', { name: 'detector' });
    await lab.version();
    const id = await make({ events: ['model_version.transitioned'] });
    lab.receiver.answer(503);
    await move('Staging');
    for (;;) {
      const { body } = await lab.custody('GET', `webhooks/${id}/deliveries`);
      const [delivery] = body['deliveries'] as { state: string; next_attempt_at: string; tried: { at: string }[] }[];
      if (!delivery) {
        await new Promise((soon) => setImmediate(soon));
        continue;
      }
      expect(delivery.state).toBe('retrying');
      const wait = Date.parse(delivery.next_attempt_at) - Date.parse(delivery.tried[0]!.at);
      expect(wait).toBe(3_600_000);
      break;
    }
  });

  it('of nobody have no log', async () =>
    expect(await lab.custody('GET', 'webhooks/none/deliveries')).toMatchObject({
      status: 404,
      body: { field: 'webhook_id' },
    }));
});

describe('what a webhook is given', () => {
  it('is named in full when it can not be', () => {
    expect(() => databricksEventList(['x'])).toThrow(/must be one of REGISTERED_MODEL_CREATED/);
    expect(() => webhookAuthorization('é')).toThrow(expect.objectContaining({ field: 'authorization' }));
  });
});
