import type { Role } from '../../core/index.js';
import { Action, ACTIONS } from '../../http/index.js';
import { FIRST_ROLES, OPEN_ROLES, rolesThatMay } from '../../identity/index.js';
import { GOVERNED_ALIASES } from '../../registry/index.js';
import { Needed } from './routes.js';

/** A call of MLflow's that is offered, and what one needs for it. */
export interface Guarded {
  readonly call: string;
  readonly needs: Needed;
}

/**
 * The first chapter of `docs/mlflow-compatibility.md`: where a script that ran against an MLflow server is
 * refused for who runs it. Fails where a sentence of it would no longer be true.
 */
export function rightsChapter(calls: readonly Guarded[]): string {
  const actions = [...Map.groupBy(calls, ({ needs }) => needs)].filter(([needs]) => needs !== 'public');
  const table = (Object.keys(ACTIONS) as readonly Action[]).flatMap((action) => {
    const count = actions.find(([needs]) => needs === action)?.[1].length ?? 0;
    return count > 0 || action === 'model:promote' ? [row(action, count)] : [];
  });
  const open = calls.filter(({ needs }) => needs === 'public').map(({ call }) => `\`${call}\``);
  const forbidden = (roles: readonly Role[]) =>
    actions.flatMap(([needs]) => (may(roles, needs as Action) ? [] : [needs as Action])).sort();
  const aliases = GOVERNED_ALIASES.map((alias) => `\`${alias}\``).join(' and ');
  premise(!may(FIRST_ROLES, 'run:write'), 'the first administrator cannot train');
  premise(
    !may(['analyst'], 'model:promote') && may(['analyst'], 'model:stage'),
    'an analyst stages and does not promote',
  );
  return `## What an existing script meets first

An MLflow server lets everybody do everything. Custody asks who calls, and denies what the caller's roles do not allow.

- **An account.** Without one a call answers 401 \`UNAUTHENTICATED\`${open.length > 0 ? `, except ${open.join(', ')}` : ''}. The client sends it from \`MLFLOW_TRACKING_USERNAME\` and \`MLFLOW_TRACKING_PASSWORD\`, or from \`MLFLOW_TRACKING_TOKEN\`.
- **Roles.** What they do not allow answers 403 \`PERMISSION_DENIED\`, and is recorded. A role may also be given for some names only; then the others are not found or denied.
- **The first administrator does not train.** The account that the first start makes has the role ${list(FIRST_ROLES)}. Among the calls below it has no right to ${codes(forbidden(FIRST_ROLES))}: make an account with the role ${list(rolesThatMay('run:write'))} for training.
- **Production is for ${list(rolesThatMay('model:promote'))}.** Beside the right that stands at the call, it takes \`model:promote\` to move a version into or out of the stage Production, to set or take away the aliases ${aliases}, and to rename a model with a version in Production or under such an alias.
- **Webhooks are for ${list(rolesThatMay('webhook:write'))}**, since they send what happens here elsewhere.
- **\`--open\`** needs no accounts: whoever is on the same machine has the roles ${list(OPEN_ROLES)}${forbidden(OPEN_ROLES).length > 0 ? `, and so no right to ${codes(forbidden(OPEN_ROLES))}` : ''}.

| right | to | roles | calls of MLflow's |
| --- | --- | --- | ---: |
${table.join('\n')}

Which call needs which right stands beside it [below](#calls-that-are-offered).`;
}

const may = (roles: readonly Role[], action: Action): boolean =>
  roles.some((role) => rolesThatMay(action).includes(role));
const list = (roles: readonly Role[]): string => roles.map((role) => `\`${role}\``).join(', ');
const codes = (actions: readonly Action[]): string => actions.map((action) => `\`${action}\``).join(', ');
const row = (action: Action, calls: number): string =>
  `| \`${action}\` | ${ACTIONS[action]} | ${list(rolesThatMay(action))} | ${calls === 0 ? 'see above' : calls} |`;

function premise(holds: boolean, sentence: string): void {
  if (!holds) throw new Error(`it is no longer so that ${sentence}`);
}
