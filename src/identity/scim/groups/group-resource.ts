import { millis } from '../users/person.js';
import { GROUP } from '../wire/attributes.js';
import { Resource } from '../wire/matches.js';
import { invalid, SCIM_API } from '../wire/problem.js';
import { GroupContent } from './decide.js';
import { Group } from './events.js';

/** Ids, never names or addresses: what a group holds is in the log for ever. */
const MEMBER = /^[A-Za-z0-9._:-]{1,128}$/;
const MAX_NAME = 256;

export function groupResource(groupId: string, group: Group, base: string): Resource {
  const { displayName, externalId, members, createdAt, changedAt } = group;
  return {
    schemas: [GROUP.id],
    id: groupId,
    ...(externalId === undefined ? {} : { externalId }),
    displayName,
    ...(members.size === 0 ? {} : { members: [...members].map((value) => memberOf(value, base)) }),
    meta: {
      resourceType: 'Group',
      created: millis(createdAt),
      lastModified: millis(changedAt),
      location: `${base}/${SCIM_API}/Groups/${groupId}`,
    },
  };
}

const memberOf = (value: string, base: string) => ({ value, $ref: `${base}/${SCIM_API}/Users/${value}`, type: 'User' });

export function groupAsSent(resource: Resource): GroupContent {
  const displayName = resource['displayName'] as string;
  const externalId = resource['externalId'] as string | undefined;
  if (displayName.length > MAX_NAME) throw invalid.value('displayName', `has more than ${MAX_NAME} characters`);
  if (externalId !== undefined && externalId.length > MAX_NAME)
    throw invalid.value('externalId', `has more than ${MAX_NAME} characters`);
  const members = ((resource['members'] ?? []) as readonly Resource[]).map(({ value }) => {
    if (typeof value !== 'string' || !MEMBER.test(value)) throw invalid.value('members.value', 'must be an id');
    return value;
  });
  return { displayName, members, ...(externalId === undefined ? {} : { externalId }) };
}
