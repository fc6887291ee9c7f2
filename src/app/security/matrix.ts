import type { FastifyRequest } from 'fastify';
import { never, ROLES } from '../../core/index.js';
import { Action, ACTIONS, Declared, Requirement, REQUIRES, REQUIRES_ALSO, Subject, Target } from '../../http/index.js';
import { allows } from '../../identity/index.js';
import { Handled, handlers } from '../compatibility/routes.js';

interface Asked {
  readonly action: Action;
  readonly subject: Subject | undefined;
  readonly route: string;
}

const of = ({ handler }: Handled): readonly Requirement[] =>
  [Reflect.getMetadata(REQUIRES, handler) as Declared, Reflect.getMetadata(REQUIRES_ALSO, handler) as Declared].filter(
    (each): each is Requirement => each !== undefined && each !== 'public',
  );

/** One line for a call: its twin under `ajax-api` asks for the same. */
const routeOf = ({ method, paths }: Handled): string =>
  `${method} /${paths[0]!
    .split('/')
    .filter((part) => part !== '')
    .join('/')}`;

function asked(): readonly Asked[] {
  const all = handlers().flatMap((each) =>
    of(each).map(({ action, subject }) => ({ action, subject, route: routeOf(each) })),
  );
  return all.toSorted((a, b) => (a.route < b.route ? -1 : 1));
}

/** What a route is about, found by asking it about a request that has every field. */
export function resourceOf(subject: Subject | undefined): string {
  if (subject === undefined) return 'the whole installation';
  if (subject === 'seen') return 'a list, of what may be seen';
  const everything = new Proxy({}, { get: () => 'x' });
  const request = { params: {}, query: everything, body: { action: everything } } as unknown as FastifyRequest;
  return [...new Set(subject(request).map(nameOf))].join(', ');
}

function nameOf({ kind }: Target): string {
  switch (kind) {
    case 'experiment':
    case 'experiment-name':
      return 'experiment';
    case 'run':
      return 'run, by its experiment';
    case 'logged-model':
      return 'logged model, by its experiment';
    case 'model':
    case 'model-id':
      return 'registered model';
    case 'model-uri':
      return 'what a model URI names';
    case 'artifacts':
      return 'files, by their run or model';
    case 'job':
      return 'training job, by its experiment';
    case 'prediction':
      return 'prediction, by its model';
    case 'approval':
      return 'request for approval, by the model that it is about';
    default:
      return never(kind);
  }
}

/** Role × action: which role may do what. */
export function matrixTable(): string {
  const rows = (Object.keys(ACTIONS) as Action[]).map((action) => {
    const marks = ROLES.map((role) => (allows([role], action) ? '✓' : ''));
    return `| \`${action}\` | ${ACTIONS[action]} | ${marks.join(' | ')} |`;
  });
  return [`| action | to | ${ROLES.join(' | ')} |`, `| --- | --- |${' :-: |'.repeat(ROLES.length)}`, ...rows].join(
    '\n',
  );
}

/** Action × resource × route: what each call asks for, and for what it may be granted by name. */
export function routesTable(): string {
  const rows = asked().map(({ route, action, subject }) => `| \`${route}\` | \`${action}\` | ${resourceOf(subject)} |`);
  return ['| call | action | about |', '| --- | --- | --- |', ...rows].join('\n');
}

export function publicRoutes(): string {
  const open = handlers().filter(({ handler }) => Reflect.getMetadata(REQUIRES, handler) === 'public');
  return open
    .map((each) => `\`${routeOf(each)}\``)
    .toSorted()
    .join(', ');
}
