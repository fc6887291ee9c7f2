import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { ACTIONS, Declared, REQUIRES } from '../../src/http/index.js';
import { ServerModule } from '../../src/app/server.module.js';

/** The only routes that anyone may call. A new one needs a reason here. */
const PUBLIC = [
  'HomeController.page', // static, for people who follow a link that MLflow's client prints
  'HealthController.plain', // MLflow's clients and load balancers ask before they sign in
  'HealthController.live',
  'HealthController.ready',
  'MultipartUploadController.part', // clients send parts without credentials; the upload's own token lets them in
  'VersionController.version', // clients compare versions before they sign in
  'ServerInfoController.info', // clients learn what is offered before they sign in, as from MLflow itself
];

const METHOD = 'method';
const CONTROLLERS = 'controllers';
const IMPORTS = 'imports';

interface ModuleLike {
  readonly module?: Type;
  readonly imports?: readonly unknown[];
  readonly controllers?: readonly Type[];
}

/** Every controller of a module and what it imports, found by what the decorators left behind. */
function controllersOf(entry: unknown, seen = new Set<unknown>()): Type[] {
  const {
    module: inner,
    imports = [],
    controllers = [],
  } = (typeof entry === 'function' ? { module: entry } : entry) as ModuleLike & { module: Type };
  if (seen.has(entry) || !inner) return [];
  seen.add(entry);
  const declared = (Reflect.getMetadata(CONTROLLERS, inner) ?? []) as Type[];
  const further = (Reflect.getMetadata(IMPORTS, inner) ?? []) as unknown[];
  return [...controllers, ...declared, ...[...imports, ...further].flatMap((each) => controllersOf(each, seen))];
}

function routes(): { name: string; requires: Declared }[] {
  const parts = {
    foundation: { settings: { open: false } },
    projections: {},
    readModels: {},
    logger: { child: () => ({}) },
  };
  const root = ServerModule.of(parts as unknown as Parameters<typeof ServerModule.of>[0]);
  return [...new Set(controllersOf(root))].flatMap((controller) => {
    const prototype = controller.prototype as Record<string, unknown>;
    return Object.getOwnPropertyNames(prototype)
      .map((name) => ({ name, handler: Object.getOwnPropertyDescriptor(prototype, name)?.value as object | undefined }))
      .filter(({ handler }) => typeof handler === 'function' && Reflect.hasMetadata(METHOD, handler))
      .map(({ name, handler }) => ({
        name: `${controller.name}.${name}`,
        requires: Reflect.getMetadata(REQUIRES, handler!) as Declared,
      }));
  });
}

describe('every route', () => {
  const all = routes();

  it('is found by this test', () => {
    expect(all.length).toBeGreaterThan(60);
    expect(all.map(({ name }) => name)).toContain('LogController.metric');
  });

  it('names the action that it requires, on the handler itself', () => {
    const known = new Set<unknown>(Object.keys(ACTIONS));
    expect(all.filter(({ requires }) => requires !== 'public' && !known.has(requires?.action))).toEqual([]);
  });

  it('is public only when it is on the list', () => {
    expect(
      all
        .filter(({ requires }) => requires === 'public')
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...PUBLIC].sort());
  });
});
