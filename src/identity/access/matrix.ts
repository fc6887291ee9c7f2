import { Role, ROLES } from '../../core/index.js';
import { Action, ACTIONS, isRead } from '../../http/index.js';

/** For every account, whatever its roles: one's own password and tokens. */
const OWN: readonly Action[] = ['self:read', 'self:write'];

/** Who did what, who is who, and where the server sends to is not for everybody who may look at models. */
const CONFIDENTIAL: readonly Action[] = [
  'audit:read',
  'evidence:read',
  'user:read',
  'webhook:read',
  'break-glass:read',
];

const ALL = Object.keys(ACTIONS) as readonly Action[];
/** The server's own metrics are no read of what is recorded, but name nobody either. */
const VIEWER = ALL.filter((action) => (isRead(action) || action === 'metrics:read') && !CONFIDENTIAL.includes(action));

const ANALYST: readonly Action[] = [
  'experiment:write',
  'run:write',
  'artifact:write',
  'model:write',
  'model:stage',
  'dataset:write',
  'job:write',
  'prediction:write',
  'approval:request',
  'approval:comment',
];

/** Who may be asked to approve something; whether they are asked, the rules of each request say. */
const APPROVER: readonly Action[] = ['approval:decide', 'approval:comment'];

/** Roles taken in need are looked at by those who keep the trail or the accounts. */
const REVIEW: readonly Action[] = ['break-glass:read', 'break-glass:review'];

/** Whoever reads the trail may also check that it is all there and unchanged. */
const TRAIL: readonly Action[] = ['audit:read', 'evidence:read'];
const EVIDENCE: readonly Action[] = [...TRAIL, 'evidence:checkpoint'];

/**
 * The one place that says which role may do what. Anything not listed is denied. Administrators manage
 * accounts; they neither train nor promote, so that no one person can do everything.
 */
export const MATRIX: { readonly [R in Role]: ReadonlySet<Action> } = {
  viewer: new Set([...OWN, ...VIEWER]),
  analyst: new Set([...OWN, ...VIEWER, ...ANALYST]),
  reviewer: new Set([
    ...OWN,
    ...VIEWER,
    'model:promote',
    'model:stage',
    ...TRAIL,
    'approval:request',
    'policy:write',
    ...APPROVER,
  ]),
  auditor: new Set([...OWN, ...VIEWER, ...REVIEW, ...APPROVER, ...EVIDENCE, 'user:read', 'webhook:read']),
  'privacy-officer': new Set([...OWN, ...VIEWER, ...APPROVER, ...TRAIL, 'user:read']),
  admin: new Set([
    ...OWN,
    ...VIEWER,
    ...REVIEW,
    ...APPROVER,
    'user:write',
    'user:read',
    ...EVIDENCE,
    'evidence:key',
    'webhook:read',
    'webhook:write',
    'policy:write',
  ]),
  // For the service account of the lab's directory, and for nothing else: it sees no model and no trail.
  provisioner: new Set([...OWN, 'user:provision']),
};

const own = new Set<Action>(OWN);

export function allows(roles: readonly Role[], action: Action): boolean {
  for (const role of roles) if (MATRIX[role].has(action)) return true;
  return own.has(action);
}

export const rolesThatMay = (action: Action): readonly Role[] => ROLES.filter((role) => MATRIX[role].has(action));
