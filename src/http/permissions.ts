/**
 * Every action that a request can ask for. What a role may do is decided in one place
 * (`identity/access/matrix.ts`); a route names its action with `@Requires`.
 */
export const ACTIONS = {
  'experiment:read': 'see experiments',
  'experiment:write': 'create and change experiments',
  'run:read': 'see runs, metrics and data sets',
  'run:write': 'start runs and log to them',
  'artifact:read': 'list and download artifacts',
  'artifact:write': 'upload artifacts',
  'model:read': 'see registered models and versions',
  'model:write': 'register models and versions, set tags and descriptions',
  'model:stage': 'move versions between None, Staging and Archived, set aliases',
  'model:promote': 'move versions into and out of Production',
  'approval:read': 'see requests for approval with their dossiers and signatures',
  'approval:request': 'request an approval, and withdraw one’s own request',
  'approval:comment': 'comment on requests for approval',
  'approval:decide': 'approve or reject what the rules of a request ask one for',
  'policy:read': 'see policies, and try one on the history',
  'policy:write': 'write policies, and ask that they be published or retired',
  'webhook:read': 'see webhooks and where they send to',
  'webhook:write': 'set up, change, test and delete webhooks',
  'dataset:read': 'see and download data snapshots',
  'dataset:write': 'register data snapshots',
  'job:read': 'see training jobs',
  'job:write': 'request training jobs',
  'prediction:write': 'ask a model for predictions',
  'audit:read': 'read the audit trail',
  'evidence:read': 'read the log’s checkpoints, tiles and proofs',
  'evidence:checkpoint': 'have the log signed now',
  'evidence:key': 'give the log another signing key',
  'metrics:read': 'read the metrics of the server itself',
  'user:read': 'see accounts',
  'user:write': 'create accounts and change their roles',
  'break-glass:read': 'see who took a role by themselves in need',
  'break-glass:review': 'sign off that somebody took a role in need',
  'user:provision': 'provision accounts and groups from the lab’s directory (SCIM)',
  'signature:read': 'see electronic signatures and verify them',
  'self:read': "see one's own account and tokens",
  'self:write': "change one's own password and tokens",
} as const;

export type Action = keyof typeof ACTIONS;

/** Reads wait until the read models include what the caller has written; the server's own metrics must come also when those lag. */
export const isRead = (action: Action): boolean => action.endsWith(':read') && action !== 'metrics:read';

/** What answers from the read models, so that it must wait for them; SCIM has one action for reading and writing. */
export const readsModels = (action: Action): boolean => isRead(action) || action === 'user:provision';
