import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

interface Cruised {
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
    }[];
  };
}

const CRUISER = resolve('node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
const CONFIG = resolve('.dependency-cruiser.mjs');

/** In a process of its own: it exits with the number of violations, and its answer may be large. */
async function cruise(folder: string): Promise<Cruised['summary']> {
  const args = [CRUISER, 'src', '--config', CONFIG, '--output-type', 'json'];
  const run = promisify(execFile)(process.execPath, args, { cwd: folder, maxBuffer: 1 << 30 });
  const { stdout, stderr } = await run.catch((error: unknown) => error as { stdout: string; stderr: string });
  if (stdout === '') throw new Error(stderr);
  return (JSON.parse(stdout) as Cruised).summary;
}

/** Each wrong import, with the rule that must catch it. */
const WRONG = [
  ['src/core/x.ts', 'src/ledger/index.ts', 'core-imports-nothing-of-ours'],
  ['src/core/x.ts', 'node:fs', 'core-is-pure'],
  ['src/core/a.ts', 'src/core/b.ts', 'no-cycles'],
  ['src/tracking/run/decide.ts', 'node:fs', 'deciders-are-pure'],
  [
    'src/tracking/run/decide.ts',
    'src/tracking/run/start.handler.ts',
    'events-before-decide-before-handler-before-controller',
  ],
  ['src/tracking/run/end.handler.ts', 'src/tracking/run/end.controller.ts', 'handlers-know-no-transport'],
  ['src/ledger/port/ledger.ts', 'src/tracking/index.ts', 'ledger-knows-no-room'],
  ['src/registry/reader.ts', 'src/ledger/sqlite/index.ts', 'only-the-app-chooses-an-adapter'],
  ['src/projection/projector.ts', 'src/ledger/sqlite/index.ts', 'only-the-app-chooses-an-adapter'],
  ['src/ledger/eventstore/ledger.ts', 'src/ledger/sqlite/index.ts', 'adapters-do-not-know-each-other'],
  ['src/projection/engine.ts', 'src/tracking/index.ts', 'projection-engine-knows-no-room'],
  ['src/http/kit.ts', 'src/ledger/index.ts', 'http-kit-knows-core-only'],
  ['src/mlflow/wire.ts', 'src/tracking/index.ts', 'mlflow-knows-no-room'],
  ['src/registry/search.ts', 'src/mlflow/wire.ts', 'mlflow-through-its-index'],
  ['src/training/engine/forest.ts', 'src/ledger/index.ts', 'training-engine-is-pure'],
  ['src/audit/trail/query.ts', 'src/tracking/index.ts', 'audit-sees-no-other-room'],
  ['src/identity/user.ts', 'src/tracking/index.ts', 'identity-sees-approvals-and-records'],
  ['src/artifacts/store.ts', 'src/tracking/index.ts', 'artifacts-sees-no-other-room'],
  ['src/tracking/module.ts', 'src/registry/index.ts', 'tracking-sees-artifacts'],
  ['src/tracking/inside.ts', 'src/artifacts/store.ts', 'tracking-sees-artifacts'],
  ['src/registry/model.ts', 'src/training/index.ts', 'registry-sees-tracking-and-artifacts-and-approvals'],
  ['src/training/worker.ts', 'src/serving/index.ts', 'training-sees-tracking-and-artifacts-and-registry'],
  ['src/serving/predict.ts', 'src/tracking/index.ts', 'serving-sees-registry-and-artifacts'],
  ['src/tracking/wiring.ts', 'src/app/server.ts', 'nothing-imports-the-app'],
  ['src/tracking/product.ts', 'src/tracking/testing/lab.ts', 'no-tests-in-the-product'],
  ['src/cli/main.ts', 'src/app/server.ts', 'commands-load-rooms-when-they-run'],
  ['src/cli/user.command.ts', 'src/identity/index.ts', 'commands-load-rooms-when-they-run'],
] as const;

/** Imports that the house plan asks for; a rule that caught them would be wrong. */
const RIGHT = [
  // The way back, without which a → b above is no cycle. A cycle is reported once.
  ['src/core/b.ts', 'src/core/a.ts'],
  ['src/app/open-ledger.ts', 'src/ledger/sqlite/index.ts'],
  ['src/app/server.ts', 'src/tracking/index.ts'],
  ['src/cli/explain.ts', 'src/ledger/index.ts'],
  ['src/cli/main.ts', 'src/app/config/settings.ts'],
  ['src/tracking/raw.ts', 'src/artifacts/index.ts'],
  ['src/registry/source.ts', 'src/tracking/index.ts'],
  ['src/training/jobs.ts', 'src/registry/index.ts'],
  ['src/serving/load.ts', 'src/artifacts/index.ts'],
  ['src/ledger/sqlite/index.ts', 'src/ledger/port/index.ts'],
  ['src/tracking/testing/lab.ts', 'src/ledger/memory/index.ts'],
  ['src/tracking/run/life.int.spec.ts', 'src/ledger/memory/index.ts'],
  ['src/tracking/run/start.handler.ts', 'src/tracking/run/events.ts'],
] as const;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'custody-arrows-'));
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { module: 'NodeNext' }, include: ['src'] }),
  );
  const imports = new Map<string, string[]>();
  for (const [from, to] of [...WRONG, ...RIGHT]) {
    imports.set(from, [...(imports.get(from) ?? []), to]);
    if (!to.startsWith('node:') && !imports.has(to)) imports.set(to, []);
  }
  for (const [file, targets] of imports) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    const lines = targets.map((to) => `import '${specifier(file, to)}';`);
    writeFileSync(join(folder, file), [...lines, 'export const here = 1;', ''].join('\n'));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function specifier(from: string, to: string): string {
  if (to.startsWith('node:')) return to;
  const path = relative(dirname(from), to).replace(/\.ts$/, '.js');
  return path.startsWith('.') ? path : `./${path}`;
}

describe('the arrows between the parts of the house', () => {
  it('hold in the whole source', async () => {
    const { violations, totalCruised } = await cruise('.');
    expect(violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
    expect(totalCruised).toBeGreaterThan(300);
  });

  it('catch each wrong import, and no right one', async () => {
    const { violations } = await cruise(folder);
    const caught = violations.map(
      ({ rule, from, to }) => `${from} → ${to.replace(/^(node:)?fs$/, 'node:fs')}: ${rule.name}`,
    );
    const missed = WRONG.map(([from, to, rule]) => `${from} → ${to}: ${rule}`).filter((each) => !caught.includes(each));
    expect(missed).toEqual([]);
    const wrong = new Set(WRONG.map(([from, to]) => `${from} → ${to}`));
    expect(caught.filter((each) => !wrong.has(each.split(': ')[0]!))).toEqual([]);
  });
});
