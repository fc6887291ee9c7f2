import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CustodyError } from '../../../core/index.js';
import { GROUP, USER } from './attributes.js';
import { parseFilter } from './filter.js';
import { matches, Resource } from './matches.js';

const ada: Resource = {
  id: 'u-1',
  userName: 'ada',
  displayName: 'Ada "Countess" Lovelace',
  active: true,
  name: { familyName: 'Lovelace' },
  emails: [
    { value: 'ada@lab.example', type: 'work', primary: true },
    { value: 'ada@home.example', type: 'home' },
  ],
  meta: { created: '2026-01-05T09:00:00.000Z' },
};
const holds = (filter: string) => matches(parseFilter(filter, USER), ada);

describe('a filter', () => {
  it.each([
    'userName eq "ADA"',
    'USERNAME Eq "ada"',
    'urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ada"',
    'name.familyName sw "love"',
    'displayName co "\\"countess\\""',
    'emails.value ew "@home.example"',
    'emails co "home"',
    'emails[type eq "work" and value co "@lab"]',
    'active eq true',
    'active eq "True"',
    'emails pr',
    'not (displayName eq "x")',
    'externalId eq null',
    'meta.created ge "2026-01-05T10:00:00+01:00"',
    'userName eq "bob" or userName eq "ada" and active eq true',
    '(userName eq "bob" or userName eq "ada") and not (active eq false or userName eq "bob")',
    'userName ne "bob"',
    'userName gt "abc" and userName lt "b"',
  ])('%s holds for Ada', (filter) => {
    expect(holds(filter)).toBe(true);
  });

  it.each([
    'userName eq "ad"',
    'id eq "U-1"',
    'emails[type eq "work" and value co "@home"]',
    'externalId pr',
    'externalId ne null',
    'active eq false',
    'active co "tru"',
    'userName eq true',
    'userName eq 1',
    'not (userName eq "bob" or userName eq "ada")',
    'meta.created gt "not a time"',
    `userName eq "' or 1=1 --"`,
  ])('%s does not', (filter) => {
    expect(holds(filter)).toBe(false);
  });

  it.each([
    ['an attribute that there is not', 'password eq "x"'],
    ['a part that there is not', 'name.nick eq "x"'],
    ['an attribute of every object', '__proto__ pr'],
    ['an attribute of a group', 'members pr'],
    ['no value', 'userName eq'],
    ['no operator', 'userName "ada"'],
    ['an operator that there is not', 'userName like "ada"'],
    ['a text without quotes', 'userName eq ada'],
    ['an open text', 'userName eq "ada'],
    ['an open bracket', '(userName eq "ada"'],
    ['an open list', 'emails[type eq "work"'],
    ['a closed one too much', 'userName eq "ada")'],
    ['words after its end', 'userName eq "ada" userName eq "bob"'],
    ['brackets after what has one value', 'name[familyName eq "x"]'],
    ['a list as value', 'userName eq ["ada"]'],
    ['nothing', ' '],
    ['half a character', 'userName eq "\ud800"'],
    ['too much', `userName eq "${'a'.repeat(2001)}"`],
    ['too deep', `${'('.repeat(40)}userName pr${')'.repeat(40)}`],
  ])('with %s is refused', (_, filter) => {
    expect(() => parseFilter(filter, USER)).toThrow(expect.objectContaining({ code: 'scim-filter', field: 'filter' }));
  });

  it('that makes a careless pattern try for ever is refused like any other', () => {
    for (const evil of ['\\', '\n', '\\n', '\t', '(', 'a.', '[', '\\"'])
      expect(() => parseFilter(`userName eq "${evil.repeat(900)}!`, USER)).toThrow(
        expect.objectContaining({ code: 'scim-filter' }),
      );
  });

  it('of any text at all is read or refused, and nothing else', () => {
    const word = fc.constantFrom(
      'userName',
      'emails',
      '[',
      ']',
      '(',
      ')',
      'eq',
      'pr',
      'and',
      'or',
      'not',
      '"a"',
      '1',
      '.',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(word).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(text, fc.constantFrom(USER, GROUP), (filter, schema) => {
        try {
          expect(typeof matches(parseFilter(filter, schema), ada)).toBe('boolean');
        } catch (error) {
          expect(error).toBeInstanceOf(CustodyError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
