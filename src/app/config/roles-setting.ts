import { Role, ROLES } from '../../core/index.js';

/** Roles separated by commas; none, when empty. */
export function rolesSetting(text: string): readonly Role[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.length === 1 && names[0] === '') return [];
  const known: readonly string[] = ROLES;
  if (names.some((name) => !known.includes(name)))
    throw new Error(`must be roles out of ${ROLES.join(', ')}, separated by commas`);
  return ROLES.filter((role) => names.includes(role));
}
