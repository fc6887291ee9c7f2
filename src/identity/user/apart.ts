import { refuse, Role } from '../../core/index.js';

/** Makes accounts and says what groups they are in; what anybody may do is for others to say. */
const ALONE: Role = 'provisioner';

/** Whether these roles may not be of one account. */
export const areApart = (roles: Iterable<Role>): boolean => {
  const all = new Set(roles);
  return all.has(ALONE) && all.size > 1;
};

export function heldAlone() {
  const message = `${ALONE} is held alone: whoever makes accounts neither uses what they may do nor looks after it. Take the other roles (also those for some models or experiments, and named ones) or give it to a service account of its own`;
  return refuse('invalid', 'provisioner-held-alone', message, 'roles');
}
