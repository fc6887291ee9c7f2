import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { checkPolicy } from './document/check.js';
import { CHANGES, LINEAGE, SEPARATIONS } from './document/policy.js';
import { GATES, POLICY_SCHEMA } from './document/schema.js';

const FOLDER = 'examples/policies';
const docs = readFileSync('docs/policies.md', 'utf8');

interface Fields {
  readonly properties?: Readonly<Record<string, Fields>>;
  readonly items?: Fields;
}

/** Every name of a field that there is. */
const fields = ({ properties = {}, items }: Fields): readonly string[] => [
  ...Object.entries(properties).flatMap(([name, of]) => [name, ...fields(of)]),
  ...(items ? fields(items) : []),
];

describe('the policies that come with Custody', () => {
  const files = readdirSync(FOLDER);
  it('are there', () => expect(files.length).toBeGreaterThanOrEqual(3));
  it.each(files)('%s is in order', (file) => {
    expect(checkPolicy(readFileSync(`${FOLDER}/${file}`, 'utf8'))).toMatchObject({ ok: true });
  });
});

describe('docs/policies.md', () => {
  const known = [
    ...fields(POLICY_SCHEMA as unknown as Fields),
    ...Object.values(GATES).flatMap((gate) => fields(gate as unknown as Fields)),
  ];
  it.each([...new Set(known)].filter((name) => name !== 'gate'))('describes the field %s', (name) => {
    expect(docs).toMatch(new RegExp(`\`[^\`]*\\b${name}\\b[^\`]*\``));
  });
  it.each([...Object.keys(GATES), ...LINEAGE, ...CHANGES, ...SEPARATIONS])('names %s', (name) => {
    expect(docs).toContain(`\`${name}\``);
  });
});
