import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { CLAUSES } from '../../src/app/compliance/clauses.js';
import { complianceDocument } from '../../src/app/compliance/document.js';
import { allRoutes } from '../support/routes.js';

describe('docs/compliance-control-map.md', () => {
  it('is what the code generates', () => {
    expect(readFileSync('docs/compliance-control-map.md', 'utf8')).toBe(complianceDocument());
  });

  it('names no file and no call that is not there', () => {
    const routes = new Set(allRoutes().flatMap(({ method, paths }) => paths.map((path) => `${method} ${path}`)));
    const files = CLAUSES.flatMap(({ code, tests }) => [...code, ...tests]);
    expect(files.filter((path) => !existsSync(path))).toEqual([]);
    expect(CLAUSES.flatMap(({ calls }) => calls).filter((call) => !routes.has(call))).toEqual([]);
  });

  it('has a test for every clause', () => {
    expect(CLAUSES.filter(({ tests }) => tests.length === 0)).toEqual([]);
    expect(CLAUSES.flatMap(({ tests }) => tests).filter((path) => !path.endsWith('.spec.ts'))).toEqual([]);
  });
});
