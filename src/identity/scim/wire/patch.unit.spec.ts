import { describe, expect, it } from '@jest/globals';
import { GROUP, Schema, USER } from './attributes.js';
import { Resource } from './matches.js';
import { patched } from './patch.js';
import { readAttributes, readResource } from './read.js';

const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const work = { value: 'ada@lab.example', type: 'work', primary: true };
const home = { value: 'ada@home.example', type: 'home' };
const ada: Resource = {
  schemas: [USER.id],
  id: 'u-1',
  userName: 'ada',
  displayName: 'Ada',
  active: true,
  name: { givenName: 'Ada', familyName: 'Lovelace' },
  emails: [work, home],
};
const group: Resource = { displayName: 'analysts', members: [{ value: 'u-1' }, { value: 'u-2' }] };

const patch = (before: Resource, schema: Schema, ...operations: readonly unknown[]) =>
  readAttributes(patched(before, { schemas: [PATCH], Operations: operations }, schema), schema);
const user = (...operations: readonly unknown[]) => patch(ada, USER, ...operations);
const members = (...operations: readonly unknown[]) => patch(group, GROUP, ...operations)['members'];

describe('a patch', () => {
  it.each([
    ['a value', { op: 'replace', path: 'displayName', value: 'Ada L.' }, { displayName: 'Ada L.' }],
    ['a flag, as some directories write it', { op: 'Replace', path: 'ACTIVE', value: 'False' }, { active: false }],
    [
      'a part',
      { op: 'replace', path: 'name.givenName', value: 'A.' },
      { name: { givenName: 'A.', familyName: 'Lovelace' } },
    ],
    ['parts in an object', { op: 'add', path: 'name', value: { MiddleName: 'K' } }, { name: { middleName: 'K' } }],
    [
      'without a path',
      { op: 'replace', value: { active: false, 'name.familyName': 'King' } },
      { active: false, name: { familyName: 'King' } },
    ],
    ['with the URN', { op: 'replace', path: `${USER.id}:displayName`, value: 'A' }, { displayName: 'A' }],
    [
      'a part of one of several',
      { op: 'replace', path: 'emails[type eq "home"].value', value: 'a@b.example' },
      { emails: [work, { value: 'a@b.example', type: 'home' }] },
    ],
    ['all of several', { op: 'replace', path: 'emails', value: [home] }, { emails: [home] }],
    [
      'one more of several',
      { op: 'add', path: 'emails', value: { value: 'x@y.example' } },
      { emails: [work, home, { value: 'x@y.example' }] },
    ],
    ['the same once more', { op: 'add', path: 'emails', value: [home] }, { emails: [work, home] }],
    [
      'one that was not there, by its filter',
      { op: 'add', path: 'emails[type eq "other"].value', value: 'o@y.example' },
      { emails: [work, home, { type: 'other', value: 'o@y.example' }] },
    ],
    ['one away', { op: 'remove', path: 'emails[type eq "work"]' }, { emails: [home] }],
  ])('changes %s', (_, operation, expected) => {
    expect(user(operation)).toMatchObject({ userName: 'ada', ...expected });
  });

  it('takes away what is removed, or replaced by nothing', () => {
    for (const operation of [
      { op: 'remove', path: 'name' },
      { op: 'replace', path: 'name.formatted' },
    ])
      expect(user(operation)).not.toHaveProperty('name.formatted');
    expect(user({ op: 'remove', path: 'emails' })).not.toHaveProperty('emails');
    expect(user({ op: 'remove', path: 'emails[value pr]' })).not.toHaveProperty('emails');
  });

  it('changes members of a group in every way that directories use', () => {
    const three = { op: 'add', path: 'members', value: [{ value: 'u-3' }] };
    expect(members(three)).toEqual([{ value: 'u-1' }, { value: 'u-2' }, { value: 'u-3' }]);
    expect(members({ op: 'remove', path: 'members[value eq "u-1"]' })).toEqual([{ value: 'u-2' }]);
    expect(members({ op: 'Remove', path: 'members', value: [{ value: 'u-2' }] })).toEqual([{ value: 'u-1' }]);
    expect(members({ op: 'remove', path: 'members' })).toBeUndefined();
    expect(members({ op: 'remove', path: 'members[value eq "nobody"]' })).toHaveLength(2);
    expect(members({ op: 'replace', value: { members: [{ value: 'u-9' }] } })).toEqual([{ value: 'u-9' }]);
  });

  it('is done in order, and leaves what it was made from alone', () => {
    const before = structuredClone(ada);
    const after = user(
      { op: 'remove', path: 'emails' },
      { op: 'add', path: 'emails', value: [{ value: 'x@y.example' }] },
    );
    expect(after).toMatchObject({ emails: [{ value: 'x@y.example' }] });
    expect(ada).toEqual(before);
  });

  it.each([
    ['scim-path', { op: 'replace', path: 'password', value: 'x' }],
    ['scim-path', { op: 'replace', path: '__proto__.polluted', value: 'x' }],
    ['scim-path', { op: 'replace', path: 'constructor', value: 'x' }],
    ['scim-path', { op: 'replace', path: 'name[familyName eq "x"]', value: {} }],
    ['scim-path', { op: 'replace', path: 'emails[', value: {} }],
    ['scim-filter', { op: 'replace', path: 'emails[nick eq "x"]', value: {} }],
    ['scim-filter', { op: 'replace', path: `emails[value eq "${'\\'.repeat(900)}]`, value: {} }],
    ['scim-mutability', { op: 'replace', path: 'id', value: 'u-2' }],
    ['scim-mutability', { op: 'add', path: 'groups', value: [{ value: 'grp-1' }] }],
    ['scim-no-target', { op: 'replace', path: 'emails[type eq "other"].value', value: 'x' }],
    ['scim-no-target', { op: 'remove' }],
    ['scim-value', { op: 'replace', path: 'active', value: 'perhaps' }],
    ['scim-value', { op: 'replace', path: 'displayName', value: { a: 1 } }],
    ['scim-value', { op: 'replace', path: 'displayName', value: 'two\nlines' }],
    ['scim-value', { op: 'remove', path: 'userName' }],
    ['scim-value', { op: 'replace', value: 'x' }],
    ['scim-syntax', { op: 'move', path: 'displayName', value: 'x' }],
    ['scim-syntax', 'replace'],
  ])('is refused as %s: %j', (code, operation) => {
    expect(() => user(operation)).toThrow(expect.objectContaining({ kind: 'invalid', code }));
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it.each([
    [{ Operations: [{ op: 'remove', path: 'name' }] }],
    [{ schemas: [PATCH] }],
    [{ schemas: [PATCH], Operations: [] }],
    [{ schemas: [PATCH], Operations: Array.from({ length: 1001 }, () => ({ op: 'remove', path: 'name' })) }],
    [undefined],
  ])('is refused as a whole when it is %#', (body) => {
    expect(() => patched(ada, body, USER)).toThrow(expect.objectContaining({ code: 'scim-syntax' }));
  });
});

describe('a resource', () => {
  it('is read by its schema: names in any case, nothing that is not known, nothing that only the server says', () => {
    const sent = {
      schemas: [USER.id],
      USERNAME: 'ada',
      id: 'u-9',
      Active: 'true',
      nickName: 'A',
      emails: [],
      name: null,
    };
    expect(readResource(sent, USER)).toEqual({ userName: 'ada', active: true });
  });
  it.each([
    ['scim-syntax', { userName: 'ada' }],
    ['scim-syntax', { schemas: [GROUP.id], userName: 'ada' }],
    ['scim-syntax', undefined],
    ['scim-value', { schemas: [USER.id] }],
    ['scim-value', { schemas: [USER.id], userName: '' }],
    ['scim-value', { schemas: [USER.id], userName: 7 }],
    ['scim-value', { schemas: [USER.id], userName: 'ada', emails: ['a@b.example'] }],
    ['scim-value', { schemas: [USER.id], userName: 'x'.repeat(1025) }],
  ])('is refused as %s: %j', (code, body) => {
    expect(() => readResource(body, USER)).toThrow(expect.objectContaining({ code }));
  });
});
