import { Attribute, Schema, USER } from './attributes.js';
import { localName, Path, pathIn } from './path.js';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

const text = (name: string): Attribute => ({ name, type: 'string', description: '' });
const complex = (name: string, ...parts: readonly string[]): Attribute => ({
  name,
  type: 'complex',
  description: '',
  subAttributes: parts.map(text),
});
const several = (name: string, ...parts: readonly string[]): Attribute => ({
  ...complex(name, 'value', 'display', 'type', 'primary', '$ref', ...parts),
  multiValued: true,
});

/** RFC 7643 §4.1, what Custody keeps nothing of; but for the password, which whoever sets it would take for set. */
const OF_PEOPLE: readonly Attribute[] = [
  ...['nickName', 'profileUrl', 'title', 'userType', 'preferredLanguage', 'locale', 'timezone'].map(text),
  ...['phoneNumbers', 'ims', 'photos', 'entitlements', 'roles', 'x509Certificates'].map((name) => several(name)),
  several('addresses', 'formatted', 'streetAddress', 'locality', 'region', 'postalCode', 'country'),
];
/** RFC 7643 §4.3. */
const OF_EMPLOYEES: readonly Attribute[] = [
  ...['employeeNumber', 'costCenter', 'organization', 'division', 'department'].map(text),
  complex('manager', 'value', '$ref', 'displayName'),
];

/**
 * An attribute that the standard knows and Custody does not keep. A directory that says it of somebody makes no
 * mistake: it is left out of a patch as it is of a whole resource, so that the rest, a leaver's most of all, is done.
 */
export function notKept({ id }: Schema, name: string): Path | undefined {
  if (id !== USER.id) return undefined;
  const ofEmployees = localName(name, ENTERPRISE);
  if (ofEmployees !== undefined) return pathIn(OF_EMPLOYEES, ofEmployees);
  return pathIn(OF_PEOPLE, localName(name, USER.id) ?? name);
}

/** All of the extension at once. */
export const isExtension = ({ id }: Schema, name: string): boolean =>
  id === USER.id && name.toLowerCase() === ENTERPRISE.toLowerCase();
