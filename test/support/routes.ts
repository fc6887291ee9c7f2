import 'reflect-metadata';
import { RequestMethod, type Type } from '@nestjs/common';
import { ServerModule } from '../../src/app/server.module.js';
import { Declared, Requirement, REQUIRES, REQUIRES_ALSO } from '../../src/http/index.js';

/** What the decorators left behind. */
const METHOD = 'method';
const PATH = 'path';
const CONTROLLERS = 'controllers';
const IMPORTS = 'imports';

interface ModuleLike {
  readonly module?: Type;
  readonly imports?: readonly unknown[];
  readonly controllers?: readonly Type[];
}

export interface Route {
  readonly controller: string;
  /** `LogController.metric` */
  readonly name: string;
  readonly method: string;
  /** From the root on, with `:parameters` and `*`; one for each prefix. */
  readonly paths: readonly string[];
  readonly requires: Declared;
  readonly also?: Requirement;
}

/** Every controller of a module and what it imports. */
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

const listed = (value: unknown): readonly string[] => (Array.isArray(value) ? (value as string[]) : [value as string]);
const joined = (...parts: readonly string[]) =>
  `/${parts
    .map((part) => part.replace(/^\/|\/$/g, ''))
    .filter((part) => part !== '')
    .join('/')}`;

/** Every route that the server has, found without starting it. */
export function allRoutes(): readonly Route[] {
  const parts = {
    foundation: { settings: { open: false } },
    projections: {},
    readModels: {},
    evidence: { log: {} },
    logger: { child: () => ({}) },
  };
  const root = ServerModule.of(parts as unknown as Parameters<typeof ServerModule.of>[0]);
  return [...new Set(controllersOf(root))].flatMap((controller) => {
    const prototype = controller.prototype as object;
    return Object.getOwnPropertyNames(prototype).flatMap((name): Route[] => {
      const handler = Object.getOwnPropertyDescriptor(prototype, name)?.value as object | undefined;
      if (typeof handler !== 'function' || !Reflect.hasMetadata(METHOD, handler)) return [];
      const prefixes = listed(Reflect.getMetadata(PATH, controller));
      const paths = listed(Reflect.getMetadata(PATH, handler));
      return [
        {
          controller: controller.name,
          name: `${controller.name}.${name}`,
          method: RequestMethod[Reflect.getMetadata(METHOD, handler) as number]!,
          paths: prefixes.flatMap((prefix) => paths.map((path) => joined(prefix, path))),
          requires: Reflect.getMetadata(REQUIRES, handler) as Declared,
          also: Reflect.getMetadata(REQUIRES_ALSO, handler) as Requirement | undefined,
        },
      ];
    });
  });
}
