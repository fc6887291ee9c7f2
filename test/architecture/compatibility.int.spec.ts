import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { mlflowCompatibility } from '../../src/app/compatibility-document.js';
import { compatibilityDocument } from '../../src/app/compatibility/document.js';
import { NOT_OFFERED } from '../../src/app/compatibility/not-offered.js';
import { ROLES } from '../../src/core/index.js';
import { Action, ACTIONS } from '../../src/http/index.js';
import { MATRIX } from '../../src/identity/index.js';
import { GOVERNED_ALIASES } from '../../src/registry/index.js';
import { routes } from '../../src/app/compatibility/routes.js';

const endpoints = JSON.parse(readFileSync('docs/mlflow-endpoints.json', 'utf8')) as Parameters<
  typeof compatibilityDocument
>[0];

/** How many calls the table of what is in the document counts as offered. */
function routesOfMlflow(): number {
  const count = (state: string) =>
    Number(new RegExp(`\\| ${state} \\| \\d+ \\| (\\d+) `).exec(mlflowCompatibility())![1]);
  return count('supported') + count('differs');
}

describe('docs/mlflow-compatibility.md', () => {
  it('is what the routes and the list of MLflow’s calls generate', () => {
    expect(readFileSync('docs/mlflow-compatibility.md', 'utf8')).toBe(mlflowCompatibility());
  });

  it('counts every call of MLflow’s once', () => {
    const [, ...counts] = /\| supported \| (\d+) .*\n\| differs \| (\d+) .*\n\| not offered \| (\d+) /.exec(
      mlflowCompatibility(),
    )!;
    expect(counts.map(Number).reduce((sum, count) => sum + count)).toBe(endpoints.calls.length);
    expect(endpoints.calls.length).toBeGreaterThan(390);
  });

  it('cannot be made while a call is neither offered nor explained', () => {
    const call = { method: 'POST', path: '/api/2.0/mlflow/runs/eat' };
    expect(() => compatibilityDocument({ ...endpoints, calls: [...endpoints.calls, call] }, routes())).toThrow(
      'POST 2.0/mlflow/runs/eat is neither offered nor explained',
    );
  });

  it('cannot be made while a call is offered and said not to be', () => {
    const explained = endpoints.calls.find(({ path }) => path === '/api/3.0/mlflow/workspaces')!;
    const offered = { ...explained, needs: 'public' as const };
    expect(() => compatibilityDocument(endpoints, [...routes(), offered])).toThrow('offered and said not to be');
  });

  it('cannot be made while a call is offered under one of its two paths', () => {
    const without = routes().filter(({ path }) => path !== '/ajax-api/2.0/mlflow/runs/get');
    expect(() => compatibilityDocument(endpoints, without)).toThrow('GET 2.0/mlflow/runs/get is offered under');
  });

  it('says of every offered call what it needs, and of every right who has it', () => {
    const document = mlflowCompatibility();
    const offered = [...document.matchAll(/^\| `\w+ [\w.*:/-]+` \| ([\w:-]+) \| (?:supported|differs) \|/gm)];
    expect(offered.length).toBe(routesOfMlflow());
    const rights = new Set(offered.map(([, needs]) => needs!).filter((needs) => needs !== 'public'));
    expect(rights.size).toBeGreaterThan(8);
    for (const right of rights) {
      const roles = ROLES.filter((role) => MATRIX[role].has(right as Action)).map((role) => `\`${role}\``);
      expect(document).toContain(`| \`${right}\` | ${ACTIONS[right as Action]} | ${roles.join(', ')} |`);
    }
  });

  it('begins with who may do what, and names what deployments load', () => {
    const first = mlflowCompatibility().split('\n## ')[1]!;
    expect(first).toMatch(/^What an existing script meets first/);
    for (const alias of GOVERNED_ALIASES) expect(first).toContain(`\`${alias}\``);
    expect(first).toMatch(/first administrator does not train.*no right to.*`run:write`/);
    expect(first).toMatch(/`--open`.*no right to.*`webhook:write`/);
  });

  it('gives each call one reason at most', () => {
    const reasons = endpoints.calls.map(({ path }) => {
      const short = path
        .replace(/^\/((ajax-)?api\/)?([23]\.0\/)?/, '')
        .replace(/<path:\w+>/g, '*')
        .replace(/<\w+>/g, ':');
      return NOT_OFFERED.filter(({ paths }) => paths.test(short)).map(({ area }) => area);
    });
    expect(reasons.filter((each) => each.length > 1)).toEqual([]);
  });
});
