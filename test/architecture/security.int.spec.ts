import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { securityDocument } from '../../src/app/security/document.js';
import { matrixTable, routesTable } from '../../src/app/security/matrix.js';
import { ROLES } from '../../src/core/index.js';
import { ACTIONS } from '../../src/http/index.js';
import { allows } from '../../src/identity/index.js';
import { allRoutes } from '../support/routes.js';

describe('docs/security.md', () => {
  it('is what the code generates', () => {
    expect(readFileSync('docs/security.md', 'utf8')).toBe(securityDocument());
  });

  it('has every role and action, marked as the matrix decides', () => {
    const marks = (Object.keys(ACTIONS) as (keyof typeof ACTIONS)[]).flatMap((action) =>
      ROLES.map((role) => allows([role], action)),
    );
    const cells = matrixTable()
      .split('\n')
      .slice(2)
      .flatMap((row) => row.split('|').slice(3, -1));
    expect(cells.map((cell) => cell.trim() === '✓')).toEqual(marks);
  });

  it('has every call that is not for anyone, with all that it asks for and what it is about', () => {
    const rows = routesTable().split('\n').slice(2);
    const rights = allRoutes().filter(({ requires }) => requires !== 'public');
    expect(rows).toHaveLength(rights.length + rights.filter(({ also }) => also !== undefined).length);
    expect(rows.filter((row) => /\|\s*\|$/.test(row))).toEqual([]);
    for (const { method, paths } of rights)
      expect(rows.some((row) => row.startsWith(`| \`${method} ${paths[0]!}\` |`))).toBe(true);
  });
});
