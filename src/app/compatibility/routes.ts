import { RequestMethod, Type } from '@nestjs/common';
import { Action, Declared, REQUIRES } from '../../http/index.js';
import type { ServerParts } from '../server.module.js';
import { ServerModule } from '../server.module.js';

/** A route as HTTP has it: parameters are `:`, the rest of a path is `*`. */
export interface Route {
  readonly method: string;
  readonly path: string;
}

/** What a caller needs for a call: a right, or nothing. */
export type Needed = Action | 'public';

export interface OwnRoute extends Route {
  readonly needs: Needed;
}

interface ModuleLike {
  readonly module?: Type;
  readonly imports?: readonly unknown[];
  readonly controllers?: readonly Type[];
}

/** Every controller of a module and what it imports, found by what the decorators left behind. */
function controllersOf(entry: unknown, seen = new Set<unknown>()): readonly Type[] {
  if (seen.has(entry)) return [];
  seen.add(entry);
  const {
    module,
    imports = [],
    controllers = [],
  } = (typeof entry === 'function' ? { module: entry } : (entry ?? {})) as ModuleLike;
  if (!module) return [];
  const declared = (Reflect.getMetadata('controllers', module) ?? []) as Type[];
  const further = (Reflect.getMetadata('imports', module) ?? []) as unknown[];
  return [...controllers, ...declared, ...[...imports, ...further].flatMap((each) => controllersOf(each, seen))];
}

/** A route's handler with what its decorators say: nothing is started for it. */
export interface Handled {
  readonly method: string;
  readonly paths: readonly string[];
  readonly handler: object;
}

export function handlers(): readonly Handled[] {
  const parts = {
    foundation: { settings: { open: false } },
    projections: {},
    readModels: {},
    evidence: { log: {} },
    logger: { child: () => ({}) },
  };
  const root = ServerModule.of(parts as unknown as ServerParts);
  return [...new Set(controllersOf(root))].flatMap((controller) => {
    const prototype = controller.prototype as Record<string, unknown>;
    return Object.getOwnPropertyNames(prototype).flatMap((name) => {
      const handler = Object.getOwnPropertyDescriptor(prototype, name)?.value as object | undefined;
      if (typeof handler !== 'function' || !Reflect.hasMetadata('method', handler)) return [];
      const method = RequestMethod[Reflect.getMetadata('method', handler) as RequestMethod];
      const paths = pathsOf(controller).flatMap((prefix) => pathsOf(handler).map((path) => `${prefix}/${path}`));
      return [{ method, paths, handler }];
    });
  });
}

/** The routes that the server has, read off its modules. */
export const routes = (): readonly OwnRoute[] =>
  handlers().flatMap(({ method, paths, handler }) => {
    const needs = neededBy(Reflect.getMetadata(REQUIRES, handler) as Declared, paths.join());
    return paths.map((path) => ({ method, path: plain(path), needs }));
  });

function neededBy(declared: Declared, name: string): Needed {
  if (declared === undefined) throw new Error(`${name} does not say what it requires`);
  return declared === 'public' ? declared : declared.action;
}

function pathsOf(target: object): readonly string[] {
  const path = Reflect.getMetadata('path', target) as string | readonly string[] | undefined;
  return typeof path === 'string' || path === undefined ? [path ?? ''] : path;
}

/** `/a/:id/b` and `/a/<id>/b` are the same path, and `*` is `<path:…>`. */
export const plain = (path: string): string =>
  `/${path
    .split('/')
    .filter((part) => part !== '')
    .map((part) => (/^(\*|<path:)/.test(part) ? '*' : /^(:|<)/.test(part) ? ':' : part))
    .join('/')}`;
