import { describe, expect, it } from '@jest/globals';
import { EventCatalogue, Micros, namePattern, Role, Scope, UserId } from '../../../core/index.js';
import { specFor } from '../../../core/testing/decider-spec.js';
import { grantsOf, groupsDecider } from './decide.js';
import { evolve, Group, groupEvents, GroupEvent, noGroups } from './events.js';

const { given } = specFor(groupsDecider);
const now = 1_000_000 as Micros;
const [ada, bob] = ['u-ada' as UserId, 'u-bob' as UserId];
const sent = { groupId: 'grp-1', displayName: 'Analysts', members: [ada] as readonly string[], now };
const created: GroupEvent = { type: 'GroupCreated', data: { groupId: 'grp-1', displayName: 'Analysts', at: now } };
const members = (added: readonly string[], removed: readonly string[] = []): GroupEvent => ({
  type: 'GroupMembersChanged',
  data: { groupId: 'grp-1', added, removed, at: now },
});
const mapped = (group: string, ...roles: readonly Role[]): GroupEvent => ({
  type: 'GroupRolesSet',
  data: { group, roles },
});
const everywhere: Scope = { kind: 'everything' };
const lims: Scope = { kind: 'experiments', pattern: namePattern('LIMS*') };
const models: Scope = { kind: 'models', pattern: namePattern('LIMS*') };
const mappedFor = (scope: Scope, ...roles: readonly Role[]): GroupEvent => ({
  type: 'GroupRolesSet',
  data: { group: 'analysts', roles, scope },
});

describe('a group', () => {
  it('is created with its members', () => {
    given()
      .when({ type: 'CreateGroup', ...sent })
      .then(created, members([ada]));
  });
  it('records who came and who went, and nothing when it is the same', () => {
    given(created, members([ada]))
      .when({ type: 'ReplaceGroup', ...sent, members: [bob, bob] })
      .then(members([bob], [ada]));
    given(created, members([ada]))
      .when({ type: 'ReplaceGroup', ...sent })
      .thenNothing();
  });
  it('records another name, and that its directory’s id is gone', () => {
    given({ ...created, data: { ...created.data, externalId: 'x' } })
      .when({ type: 'ReplaceGroup', ...sent, members: [], displayName: 'Chemists' })
      .then({ type: 'GroupChanged', data: { groupId: 'grp-1', displayName: 'Chemists', at: now } });
  });
  it('is changed as it is when that is decided, or not at all', () => {
    const change = (more: string) => ({
      type: 'ChangeGroup' as const,
      groupId: 'grp-1',
      now,
      change: (group: Group) => ({ displayName: group.displayName, members: [...group.members, more] }),
    });
    given(created, members([ada]))
      .when(change(bob))
      .then(members([bob]));
    given(created)
      .when({ ...change(bob), change: () => ({ refusal: { kind: 'invalid', code: 'scim-value', message: 'no' } }) })
      .thenRefused({ kind: 'invalid', code: 'scim-value' });
    given().when(change(bob)).thenRefused({ kind: 'not-found' });
  });
  it('of ten thousand goes into events of a size that every log takes', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => `u-${index}`);
    const decision = groupsDecider.decide({ type: 'CreateGroup', ...sent, members: many }, noGroups);
    if (!decision.ok) throw new Error('must be accepted');
    expect(decision.events).toHaveLength(4);
    const after = decision.events.reduce(evolve, noGroups);
    expect(after.groups.get('grp-1')?.members.size).toBe(10_000);
  });
  it('that there is not is not found', () => {
    given()
      .when({ type: 'ReplaceGroup', ...sent })
      .thenRefused({ kind: 'not-found', code: 'group-not-found' });
    given(created, { type: 'GroupDeleted', data: { groupId: 'grp-1' } })
      .when({ type: 'DeleteGroup', groupId: 'grp-1' })
      .thenRefused({ kind: 'not-found' });
  });
  it('loses somebody whom the directory deletes', () => {
    given(created, members([ada, bob]))
      .when({ type: 'RemoveMember', member: ada, now })
      .then(members([], [ada]));
    given(created).when({ type: 'RemoveMember', member: ada, now }).thenNothing();
  });
});

describe('roles by groups', () => {
  const after = (...events: readonly GroupEvent[]) => grantsOf(ada, events.reduce(evolve, noGroups));

  it('are given by the name of a group in any case, before or after there is one', () => {
    const grant = [{ grantId: 'grp-1-analyst', role: 'analyst', scope: everywhere }];
    expect(after(created, members([ada]), mapped('analysts', 'analyst'))).toEqual(grant);
    expect(after(mapped('analysts', 'analyst'), created, members([ada]))).toEqual(grant);
    given(created)
      .when({ type: 'SetGroupRoles', group: 'ANALYSTS', roles: ['reviewer', 'analyst'], scope: everywhere })
      .then(mapped('analysts', 'analyst', 'reviewer'));
    given(mapped('analysts', 'analyst'))
      .when({ type: 'SetGroupRoles', group: 'Analysts', roles: ['analyst'], scope: everywhere })
      .thenNothing();
  });
  it('hold for names that patterns stand for, several to one group, each set by itself', () => {
    const set = (scope: Scope, ...roles: readonly Role[]) => ({
      type: 'SetGroupRoles' as const,
      group: 'Analysts',
      roles,
      scope,
    });
    given(created).when(set(lims, 'analyst')).then(mappedFor(lims, 'analyst'));
    given(mappedFor(lims, 'analyst')).when(set(lims, 'analyst')).thenNothing();
    given(mappedFor(lims, 'analyst')).when(set(models, 'analyst')).then(mappedFor(models, 'analyst'));
    given(mappedFor(lims, 'analyst')).when(set(everywhere)).thenNothing();
    const all = [created, members([ada]), mapped('analysts', 'viewer'), mappedFor(lims, 'analyst', 'reviewer')];
    const grants = after(...all, mappedFor(models, 'analyst'));
    expect(grants.map(({ role, scope }) => [role, scope])).toEqual([
      ['viewer', everywhere],
      ['analyst', lims],
      ['reviewer', lims],
      ['analyst', models],
    ]);
    expect(new Set(grants.map(({ grantId }) => grantId)).size).toBe(4);
    for (const { grantId } of grants) expect(grantId).toMatch(/^grp-1-[a-z-]+(-[0-9a-f]{16})?$/);
    expect(after(...all, mappedFor(lims)).map(({ role }) => role)).toEqual(['viewer']);
  });
  it('hold by name only as far as grants do, and as often', () => {
    const set = { type: 'SetGroupRoles' as const, group: 'analysts', roles: ['admin'] as const, scope: lims };
    given(created).when(set).thenRefused({ kind: 'invalid', code: 'role-not-scoped', field: 'roles' });
    const many = Array.from({ length: 100 }, (_, index) =>
      mappedFor({ kind: 'models', pattern: namePattern(`m${index}*`) }, 'viewer'),
    );
    given(...many)
      .when({ ...set, roles: ['viewer'] })
      .thenRefused({ kind: 'state', code: 'too-many-mappings' });
    given(...many)
      .when({ ...set, roles: ['viewer'], scope: { kind: 'models', pattern: namePattern('m1*') } })
      .thenNothing();
  });
  it('go with the membership, the name and the group', () => {
    const before = [mapped('analysts', 'analyst'), created, members([ada])] as const;
    expect(after(...before, members([], [ada]))).toEqual([]);
    expect(after(...before, { type: 'GroupDeleted', data: { groupId: 'grp-1' } })).toEqual([]);
    const renamed = { groupId: 'grp-1', displayName: 'Others', at: now };
    expect(after(...before, { type: 'GroupChanged', data: renamed })).toEqual([]);
  });
});

describe('the events of groups', () => {
  it('are read from their frozen samples', () => {
    const catalogue = new EventCatalogue(groupEvents);
    const events = groupEvents.map(({ type, samples }) =>
      catalogue.upcast<GroupEvent>({ type, schema: samples.length, data: samples.at(-1)! }),
    );
    expect(events.slice(0, 3).reduce(evolve, noGroups).groups.size).toBe(1);
    expect(events.reduce(evolve, noGroups).groups.size).toBe(0);
  });
});
