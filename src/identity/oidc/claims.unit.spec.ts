import { describe, expect, it } from '@jest/globals';
import { Role } from '../../core/index.js';
import { claimAt, kindOf, loginOf, profileOf, rolesOf } from './claims.js';

describe('a claim', () => {
  const claims = JSON.parse(
    '{"groups":["a"],"realm_access":{"roles":["b"]},"https://lab.example/roles":["c"],"a.b":"whole","a":{"b":"part"}}',
  ) as Record<string, unknown>;

  it.each([
    ['groups', ['a']],
    ['realm_access.roles', ['b']],
    ['https://lab.example/roles', ['c']],
    ['a.b', 'whole'],
    ['realm_access.others', undefined],
    ['groups.0', undefined],
    ['groups.length', undefined],
    ['constructor', undefined],
    ['realm_access.constructor.name', undefined],
    ['__proto__', undefined],
    ['missing.roles', undefined],
  ])('is found at %s', (path, value) => expect(claimAt(claims, path)).toEqual(value));
});

describe('roles', () => {
  const roleMap = new Map<string, readonly Role[]>([
    ['qa', ['reviewer', 'auditor']],
    ['lab', ['analyst']],
  ]);
  it.each([
    [
      ['lab', 'qa'],
      ['analyst', 'reviewer', 'auditor'],
    ],
    ['lab', ['analyst']],
    [['lab', 'lab', 'other'], ['analyst']],
    [['LAB', ' lab', 'lab '], []],
    ['lab qa', []],
    [['lab', null], []],
    [{ lab: true }, []],
    [undefined, []],
    [true, []],
  ])('of %j are %j', (groups, roles) => expect(rolesOf({ groups }, { roleClaim: 'groups', roleMap })).toEqual(roles));
});

describe('who somebody is', () => {
  it.each([
    [{ sub: 'pipeline', client_id: 'pipeline' }, 'service'],
    [{ sub: 'pipeline', azp: 'pipeline' }, 'service'],
    [{ sub: '7f3', azp: 'pipeline', preferred_username: 'service-account-pipeline' }, 'service'],
    [{ sub: 'x@clients', gty: 'client-credentials' }, 'service'],
    [{ sub: '7f3', azp: 'x', idtyp: 'app' }, 'service'],
    [{ sub: 'ana', client_id: 'notebook' }, 'person'],
    [{ sub: 'ana', azp: 'x', preferred_username: 'service-account-pipeline' }, 'person'],
    [{ sub: 'ana' }, 'person'],
  ])('%j is a %s', (claims, kind) => expect(kindOf(claims)).toBe(kind));

  it.each([
    [{ preferred_username: 'Ana.Lyst' }, 'ana.lyst'],
    [{ sub: 'pipe', client_id: 'pipe' }, 'pipe'],
    [{ preferred_username: 'svc-training-worker' }, undefined],
    [{ preferred_username: 'two words' }, undefined],
    [{ preferred_username: 'a\u202eb' }, undefined],
    [{ preferred_username: 7 }, undefined],
    [{ preferred_username: 'x'.repeat(300) }, undefined],
    [{ sub: 'ana', client_id: 'notebook' }, undefined],
  ])('%j has the login %j', (claims, login) => expect(loginOf(claims, 'preferred_username')).toBe(login));

  it('has a name and an address that the provider stands for', () => {
    expect(profileOf({ name: 'Ana Lyst', email: 'ana@lab.example' })).toEqual({
      displayName: 'Ana Lyst',
      email: 'ana@lab.example',
    });
    expect(profileOf({ name: 'Ana\nLyst', email: 'ana@lab.example', email_verified: false })).toEqual({});
    expect(profileOf({ name: ['Ana'], email: 'ana' })).toEqual({});
  });
});
