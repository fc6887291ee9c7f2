import { Map } from 'immutable';
import { accept, Decider, Decision, DomainEvent, EventDefinition } from '../../core/index.js';

export const APPROVAL_DIRECTORY = 'directory-approvals';

/**
 * Numbers for people, and which request there is for one and the same thing. A number is given before the
 * request is made; a crash in between heals when somebody next asks for the same.
 */
export type DirectoryEvent = DomainEvent<
  'ApprovalNumbered',
  {
    readonly approvalId: string;
    readonly number: number;
    /** Digest of what is asked for. */
    readonly key: string;
  }
>;

export interface Numbered {
  readonly approvalId: string;
  readonly number: number;
}

export interface Directory {
  readonly latest: Map<string, Numbered>;
  readonly ids: Map<number, string>;
  readonly last: number;
}

export interface Reserve {
  readonly key: string;
  readonly approvalId: string;
  /** The request for the same that was seen to be closed. */
  readonly after: string | undefined;
}

function decide({ key, approvalId, after }: Reserve, { latest, last }: Directory): Decision<DirectoryEvent> {
  if (latest.get(key)?.approvalId !== after) return accept();
  return accept({ type: 'ApprovalNumbered', data: { approvalId, number: last + 1, key } });
}

export const directoryDecider: Decider<Directory, Reserve, DirectoryEvent> = {
  initial: { latest: Map(), ids: Map(), last: 0 },
  evolve: ({ latest, ids }, { data: { approvalId, number, key } }) => ({
    latest: latest.set(key, { approvalId, number }),
    ids: ids.set(number, approvalId),
    last: number,
  }),
  decide,
};

export const directoryEvents: readonly EventDefinition[] = [
  {
    type: 'ApprovalNumbered',
    summary: 'A request for approval got its number.',
    stream: APPROVAL_DIRECTORY,
    resource: ({ approvalId, number }) => ({
      kind: 'approval',
      id: approvalId as string,
      name: `request ${number as number}`,
    }),
    samples: [
      {
        approvalId: 'ap-01890a5d-ac96-774b-bcce-b302099a8057',
        number: 7,
        key: '7a1c3c56b2b77d3d0f6d7b1b5b8f8a3f9f3d8c9f1f0a8d54e8e1f1a5c0c1d2e3',
      },
    ],
  },
];
