import { describe, expect, it } from '@jest/globals';
import { ROLES, Role } from '../../core/index.js';
import { Action, ACTIONS } from '../../http/index.js';
import { allows, MATRIX } from './matrix.js';

const READS = [
  'approval:read',
  'artifact:read',
  'dataset:read',
  'experiment:read',
  'job:read',
  'metrics:read',
  'model:read',
  'policy:read',
  'retention:read',
  'run:read',
  'signature:read',
];
const KEEPS = ['archive:read', 'hold:read', 'hold:write', 'retention:request'];
const APPROVES = ['approval:decide', 'approval:comment'];
const SELF = ['self:read', 'self:write'];

/** Written out by hand, so that a change of anybody's rights has to be made twice. */
const EXPECTED: Record<Role, readonly string[]> = {
  viewer: [...READS, ...SELF],
  analyst: [
    ...READS,
    ...SELF,
    'artifact:write',
    'dataset:write',
    'experiment:write',
    'job:write',
    'model:stage',
    'model:write',
    'prediction:write',
    'run:write',
    'approval:request',
    'approval:comment',
  ],
  reviewer: [
    ...READS,
    ...SELF,
    ...APPROVES,
    'approval:request',
    'audit:read',
    'evidence:read',
    'model:promote',
    'model:stage',
    'policy:write',
  ],
  auditor: [
    ...READS,
    ...SELF,
    ...APPROVES,
    ...KEEPS,
    'break-glass:read',
    'break-glass:review',
    'audit:read',
    'evidence:checkpoint',
    'evidence:read',
    'user:read',
    'webhook:read',
  ],
  'privacy-officer': [
    ...READS,
    ...SELF,
    ...APPROVES,
    ...KEEPS,
    'audit:read',
    'evidence:read',
    'erasure:request',
    'user:read',
  ],
  admin: [
    ...READS,
    ...SELF,
    ...APPROVES,
    ...KEEPS,
    'break-glass:read',
    'break-glass:review',
    'audit:read',
    'archive:write',
    'evidence:checkpoint',
    'evidence:key',
    'evidence:read',
    'erasure:request',
    'user:read',
    'user:write',
    'webhook:read',
    'webhook:write',
    'policy:write',
  ],
  provisioner: [...SELF, 'user:provision'],
};

describe('the matrix of rights', () => {
  it.each(ROLES)('lets %s do exactly what is written here', (role) => {
    expect([...MATRIX[role]].sort()).toEqual([...EXPECTED[role]].sort());
  });

  it('adds up the rights of several roles', () => {
    expect(allows(['viewer', 'reviewer'], 'model:promote')).toBe(true);
    expect(allows(['viewer', 'auditor'], 'model:promote')).toBe(false);
  });

  it('leaves somebody without a role nothing but their own password and tokens', () => {
    const allowed = (Object.keys(ACTIONS) as Action[]).filter((action) => allows([], action));
    expect(allowed).toEqual(SELF);
  });

  it('lets administrators alone make the server send to others', () => {
    expect(ROLES.filter((role) => allows([role], 'webhook:write'))).toEqual(['admin']);
  });

  it('lets the lab’s directory alone provision accounts, and nothing else: an administrator’s token is no such client', () => {
    expect(ROLES.filter((role) => allows([role], 'user:provision'))).toEqual(['provisioner']);
    expect([...MATRIX.provisioner].sort()).toEqual([...SELF, 'user:provision'].sort());
  });

  it('lets no one role both train and promote, or both promote and administer', () => {
    for (const role of ROLES) {
      expect(allows([role], 'model:promote') && (allows([role], 'run:write') || allows([role], 'user:write'))).toBe(
        false,
      );
    }
  });
});
