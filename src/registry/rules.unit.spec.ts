import { describe, expect, it } from '@jest/globals';
import { brought, description, modelName, namedModel, tag, versionNumber } from './rules.js';

const naming = (field: string) => expect.objectContaining({ kind: 'invalid', field }) as unknown as Error;

describe('the rules of the registry', () => {
  it.each(['lims_contamination_detector', 'größe', 'a b', 'a.b', '.x', 'x'.repeat(256)])('%j is a name', (name) =>
    expect(modelName(name)).toBe(name),
  );
  it.each(['', ' ', 'a/b', 'a:b', '.', '..'])('%j is a name that nobody can ask for', (name) =>
    expect(() => namedModel(name)).toThrow(naming('name')),
  );
  it('asks for names that are too long to be given, which nobody has', () =>
    expect(namedModel('x'.repeat(257))).toHaveLength(257));
  it.each(['', ' ', 'a/b', 'a:b', '.', '..', '..a', 'a\nb', 'a\u0000', '\ud800', 'x'.repeat(257)])(
    '%j is no name',
    (name) => expect(() => modelName(name, 'new_name')).toThrow(naming('new_name')),
  );
  it.each(['Project', 'mlflow.note.content', 'a b:c/d-e_f', 'größe'])('%j is a key', (key) =>
    expect(tag(key, 'v')).toEqual([key, 'v']),
  );
  it.each(['', '/a', 'a//b', 'a/..', './a', 'a/', 'a"b', 'a\n', 'x'.repeat(251)])('%j is no key', (key) =>
    expect(() => tag(key, 'v')).toThrow(naming('key')),
  );
  it('bounds values, lists and descriptions', () => {
    expect(() => tag('k', 'x'.repeat(100_001))).toThrow(naming('value'));
    const tags = (count: number, value = '') =>
      Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value }));
    expect(() => brought({ tags: tags(1001) })).toThrow(naming('tags'));
    expect(() => brought({ tags: tags(30, 'x'.repeat(50_000)) })).toThrow(naming('tags'));
    expect(() => brought({ tags: tags(3, '\u0001'.repeat(50_000)) })).toThrow(naming('tags'));
    expect(brought({ tags: tags(16, 'x'.repeat(50_000)), description: 'd' }).tags).toHaveLength(16);
    expect(() => description('x'.repeat(100_001))).toThrow(naming('description'));
    expect(description(undefined)).toBeUndefined();
  });
  it('counts the last of two tags with one key, and an absent value as empty', () =>
    expect(brought({ tags: [{ key: 'a', value: '1' }, { key: 'b' }, { key: 'a', value: '2' }] }).tags).toEqual([
      ['a', '2'],
      ['b', ''],
    ]));
  it('reads versions as integers, also those that no version can have', () => {
    expect(['12', '0', '-1', '01', '1099511627776'].map((text) => versionNumber(text))).toEqual([
      12, 0, -1, 1, 1_099_511_627_776,
    ]);
    for (const wrong of ['1.5', 'x', '', '1e3', ' 1', '9'.repeat(19)])
      expect(() => versionNumber(wrong)).toThrow(naming('version'));
  });
});
