import { JsonObject, RecordedEvent } from '../../core/index.js';
import { StageChanged } from '../model/events.js';
import { Facts } from './facts.js';
import { GovernanceEventName } from './webhook-event.js';

export interface GovernanceMessage {
  readonly event: GovernanceEventName;
  readonly data: JsonObject;
}

const APPROVALS: Readonly<Record<string, GovernanceEventName>> = {
  ApprovalRequested: 'approval.requested',
  ApprovalSigned: 'approval.signed',
  ApprovalGranted: 'approval.granted',
  ApprovalRejected: 'approval.rejected',
  ApprovalWithdrawn: 'approval.withdrawn',
  ApprovalExpired: 'approval.expired',
  ApprovalCommented: 'approval.commented',
  ApprovalCarriedOut: 'approval.carried_out',
  ApprovalVoided: 'approval.voided',
};

export const GOVERNANCE_TOLD: readonly string[] = [
  ...Object.keys(APPROVALS),
  'ModelVersionStageChanged',
  'ModelVersionRolledBack',
  'ModelVersionCommented',
  'AlertRaised',
];

/** People are told as their pseudonyms: a receiver is another system. */
export function governanceMessageOf(event: RecordedEvent, { request }: Facts): GovernanceMessage | undefined {
  const { type, data, actor } = event;
  const by = actor.id;
  switch (type) {
    case 'ModelVersionStageChanged':
    case 'ModelVersionRolledBack':
      return { event: 'model_version.transitioned', data: { ...transition(event), by } };
    case 'ModelVersionCommented': {
      const { name, version, commentId, comment } = data;
      const told = { name, version: `${version as number}`, comment_id: commentId, comment, by };
      return { event: 'model_version.commented', data: told as JsonObject };
    }
    case 'AlertRaised': {
      const { alert, userId, count } = data;
      return { event: 'security.alert', data: defined({ alert, user_id: userId, count, by }) };
    }
    default: {
      const name = APPROVALS[type];
      if (name === undefined || !request) return undefined;
      return { event: name, data: { ...approval(request), ...decision(event), by } };
    }
  }
}

function approval({ approvalId, number, kind, title, action, requester }: NonNullable<Facts['request']>): JsonObject {
  return { approval_id: approvalId, number, kind, title, action, requester };
}

function decision({ type, data }: RecordedEvent): JsonObject {
  if (type === 'ApprovalSigned') return defined({ decision: data['decision'] });
  if (type === 'ApprovalCommented') return defined({ comment: data['comment'] });
  if (type === 'ApprovalVoided') return defined({ why: data['why'] });
  return {};
}

export function transition({ type, data }: RecordedEvent): {
  readonly name: string;
  readonly version: string;
  readonly from_stage: string;
  readonly to_stage: string;
  readonly archived: readonly string[];
} {
  const { name, version, from, archived } = data as unknown as StageChanged;
  const to = type === 'ModelVersionRolledBack' ? 'Production' : (data as unknown as StageChanged).to;
  return { name, version: String(version), from_stage: from, to_stage: to, archived: archived.map(String) };
}

const defined = (fields: Readonly<Record<string, unknown>>): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as JsonObject;

/** What a test delivery says: plainly nothing that happened. */
export function exampleOfGovernance(event: GovernanceEventName): JsonObject {
  const by = 'u-example';
  const version = { name: 'example_model', version: '1' };
  switch (event) {
    case 'model_version.transitioned':
      return { ...version, from_stage: 'Staging', to_stage: 'Production', archived: [], by };
    case 'model_version.commented':
      return { ...version, comment_id: 'cm-example', comment: 'An example', by };
    case 'security.alert':
      return { alert: 'example', count: 1, by };
    default: {
      const action = { type: 'stage', name: 'example_model', version: 1, stage: 'Production' };
      const about = { kind: 'model-version', title: 'An example', action, requester: by };
      return { approval_id: 'ap-example', number: 0, ...about, by };
    }
  }
}
