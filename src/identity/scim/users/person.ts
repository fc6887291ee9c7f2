import { isEmail } from 'class-validator';
import { Micros, toIso, UserId } from '../../../core/index.js';
import { Group } from '../groups/events.js';
import { USER } from '../wire/attributes.js';
import { Resource } from '../wire/matches.js';
import { invalid, SCIM_API } from '../wire/problem.js';

/** What the directory knows of an account beyond the account itself. */
export interface Details {
  readonly externalId?: string;
  readonly name?: Resource;
  readonly emails?: readonly Resource[];
}

export interface Person {
  readonly userId: UserId;
  readonly login: string;
  readonly displayName: string;
  readonly email?: string;
  readonly details: Details;
  readonly active: boolean;
  readonly createdAt: Micros;
  readonly changedAt: Micros;
}

export const millis = (at: Micros): string => `${toIso(at).slice(0, 23)}Z`;

export function userResource(
  person: Person,
  groups: readonly (readonly [groupId: string, group: Group])[],
  base: string,
): Resource {
  const { userId, login, displayName, email, details, active } = person;
  const { externalId, name, emails = email === undefined ? undefined : [{ value: email, primary: true }] } = details;
  return {
    schemas: [USER.id],
    id: userId,
    ...(externalId === undefined ? {} : { externalId }),
    userName: login,
    ...(name === undefined ? {} : { name }),
    displayName,
    active,
    ...(emails === undefined ? {} : { emails }),
    ...(groups.length === 0 ? {} : { groups: groups.map(([id, group]) => membership(id, group, base)) }),
    meta: {
      resourceType: 'User',
      created: millis(person.createdAt),
      lastModified: millis(person.changedAt),
      location: `${base}/${SCIM_API}/Users/${userId}`,
    },
  };
}

const membership = (value: string, { displayName: display }: Group, base: string) => ({
  value,
  $ref: `${base}/${SCIM_API}/Groups/${value}`,
  display,
});

/** The profile of an account, out of a resource that was read by its schema. */
export function profileOf(resource: Resource, login: string): Pick<Person, 'displayName' | 'email' | 'details'> {
  const { externalId, name, emails } = resource as Details & Resource;
  const address = emails?.find(({ primary }) => primary === true) ?? emails?.[0];
  const email = address?.['value'] as string | undefined;
  if (email !== undefined && (!isEmail(email) || email.length > 254))
    throw invalid.value('emails', 'must hold mail addresses');
  const displayName = ((resource['displayName'] as string | undefined) ?? nameIn(name) ?? login).slice(0, 200);
  return {
    displayName,
    ...(email === undefined ? {} : { email }),
    details: {
      ...(externalId === undefined ? {} : { externalId }),
      ...(name === undefined ? {} : { name }),
      ...(emails === undefined ? {} : { emails }),
    },
  };
}

function nameIn(name: Resource | undefined): string | undefined {
  if (typeof name?.['formatted'] === 'string') return name['formatted'];
  const parts = [name?.['givenName'], name?.['familyName']].filter((part) => typeof part === 'string');
  return parts.length === 0 ? undefined : parts.join(' ');
}
