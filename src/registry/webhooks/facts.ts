import { JsonObject, ModelId, RecordedEvent } from '../../core/index.js';

/** What a request for approval is about, as its first event has it; other rooms' types are not known here. */
export interface RequestFacts {
  readonly approvalId: string;
  readonly number: number;
  readonly kind: string;
  readonly title: string;
  readonly action: JsonObject;
  readonly requester: string;
}

/** What a message needs beside the event itself. */
export interface Facts {
  readonly ofPrompt: boolean;
  /** Of events of approvals. */
  readonly request?: RequestFacts;
  readonly modelId?: ModelId;
}

export const isOfApproval = ({ type }: Pick<RecordedEvent, 'type'>): boolean => type.startsWith('Approval');

export function requestFacts({ data }: RecordedEvent): RequestFacts {
  const { approvalId, number, kind, title, action, requester } = data as unknown as RequestFacts;
  return { approvalId, number, kind, title, action, requester };
}

/** The stage that a request asks for, where it is one about a stage of a version. */
export function askedStage({ kind, action }: RequestFacts): StageAsked | undefined {
  if (kind !== 'model-version' || action['type'] !== 'stage') return undefined;
  const { name, version, stage } = action;
  return typeof name === 'string' && typeof version === 'number' && typeof stage === 'string'
    ? { name, version, stage }
    : undefined;
}

export interface StageAsked {
  readonly name: string;
  readonly version: number;
  readonly stage: string;
}
