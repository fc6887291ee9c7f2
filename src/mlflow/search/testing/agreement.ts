import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { Vocabulary } from '../vocabulary.js';
import { naively, SearchKind, WantOrder } from './naive.js';
import { filterOf, Spoken } from './wants.js';

export interface AskedPage {
  readonly filter: string;
  readonly orders: readonly WantOrder[];
  readonly limit: number;
  readonly pageToken?: string;
}

/** The real tables with rows of the test's own, and the real search over them. */
export interface SearchLab<Item, Scope> {
  add(item: Item): void;
  remove(item: Item): void;
  page(asked: AskedPage, scope: Scope): Promise<{ readonly ids: readonly string[]; readonly nextPageToken?: string }>;
  close(): void;
}

/** A kind with random data and random searches for it. */
export interface Agreeing<Item, Scope> extends SearchKind<Item, Scope> {
  readonly items: fc.Arbitrary<Item[]>;
  readonly scopes: fc.Arbitrary<Scope>;
  readonly wants: fc.Arbitrary<Spoken>;
  readonly orders: fc.Arbitrary<WantOrder>;
  readonly open: (items: readonly Item[]) => SearchLab<Item, Scope>;
}

const someWants = (wants: fc.Arbitrary<Spoken>, maxLength: number) => fc.array(wants, { maxLength });
const someOrders = (orders: fc.Arbitrary<WantOrder>) =>
  fc.uniqueArray(orders, { maxLength: 3, selector: ({ entity, key }) => `${entity}.${key}` });

async function within<Item, Scope>(
  kind: Agreeing<Item, Scope>,
  items: readonly Item[],
  check: (lab: SearchLab<Item, Scope>) => Promise<void>,
): Promise<void> {
  const lab = kind.open(items);
  try {
    await check(lab);
  } finally {
    lab.close();
  }
}

/** A page of a search is what a plain evaluation of the same conditions finds, in the same order. */
export const findsTheSame = <Item, Scope>(kind: Agreeing<Item, Scope>) =>
  fc.asyncProperty(
    kind.items,
    someWants(kind.wants, 3),
    someOrders(kind.orders),
    kind.scopes,
    fc.integer({ min: 1, max: 15 }),
    (items, wants, orders, scope, limit) =>
      within(kind, items, async (lab) => {
        const expected = naively(kind, items, wants, orders, scope);
        const { ids, nextPageToken } = await lab.page({ filter: filterOf(wants), orders, limit }, scope);
        expect(ids).toEqual(expected.slice(0, limit));
        expect(nextPageToken !== undefined).toBe(expected.length > limit);
      }),
  );

/**
 * The pages of a search hold each item once; whatever comes and goes between them, what is there and
 * matches all the time is found, in order.
 */
export const pagesFitTogether = <Item, Scope>(
  kind: Agreeing<Item, Scope>,
  stored: { readonly items: fc.Arbitrary<Item[]>; readonly wants: number },
) =>
  fc.asyncProperty(
    stored.items,
    stored.items,
    fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 20 })), { maxLength: 8 }),
    someWants(kind.wants, stored.wants),
    someOrders(kind.orders),
    kind.scopes,
    fc.integer({ min: 1, max: 4 }),
    (items, later, changes, wants, orders, scope, limit) =>
      within(kind, items, async (lab) => {
        const known = new Set(items.map(kind.id));
        const fresh = later.filter((item) => !known.has(kind.id(item)));
        const states = [[...items]];
        const waiting = [...changes];
        const change = () => {
          const now = [...states.at(-1)!];
          for (const [remove, which] of waiting.splice(0, 2)) {
            if (remove && now.length > 0) lab.remove(now.splice(which % now.length, 1)[0]!);
            else if (fresh.length > 0) lab.add(now[now.push(fresh.shift()!) - 1]!);
          }
          states.push(now);
        };
        const found = await allPages(lab, { filter: filterOf(wants), orders, limit }, scope, change);
        expect(new Set(found).size).toBe(found.length);
        const expected = states.map((state) => naively(kind, state, wants, orders, scope));
        expect(found.filter((id) => !expected.some((state) => state.includes(id)))).toEqual([]);
        const isSteady = (id: string) => expected.every((state) => state.includes(id));
        expect(found.filter(isSteady)).toEqual(expected[0]!.filter(isSteady));
      }),
  );

/** More than there ever is at any time. */
const MOST = 100;

async function allPages<Item, Scope>(
  lab: SearchLab<Item, Scope>,
  asked: AskedPage,
  scope: Scope,
  between: () => void,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (let pageToken: string | undefined; ;) {
    const page = await lab.page(pageToken === undefined ? asked : { ...asked, pageToken }, scope);
    found.push(...page.ids);
    if (found.length > MOST) throw new Error('the pages never end');
    if (page.nextPageToken === undefined) return found;
    pageToken = page.nextPageToken;
    between();
  }
}

/** What the vocabulary allows and the random searches never ask: nothing, or the properties prove less than they say. */
export function unasked<Item, Scope>({ wants, orders }: Agreeing<Item, Scope>, vocabulary: Vocabulary) {
  const asked = new Set(
    fc.sample(wants, 6_000).map(({ entity, key, comparator }) => `${sideOf(entity, key)} ${comparator}`),
  );
  const sorted = new Set(fc.sample(orders, 1_000).map(({ entity, key }) => sideOf(entity, key)));
  const { attributes, datasets = {}, order, ...keyed } = vocabulary;
  const subjects = [
    ...Object.entries(attributes).map(([name, subject]) => [`attributes.${name}`, subject] as const),
    ...Object.entries(datasets).map(([name, subject]) => [`datasets.${name}`, subject] as const),
    ...(['metric', 'param', 'tag'] as const).flatMap((kind) =>
      keyed[kind] ? [[`${kind}s`, keyed[kind]] as const] : [],
    ),
  ];
  return [...subjects.flatMap(([side, { comparators }]) => comparators.map((each) => `${side} ${each}`))]
    .filter((each) => !asked.has(each))
    .concat(
      [...Object.values(order.attributes).map((name) => `attributes.${name}`), ...order.keyed.map((kind) => `${kind}s`)]
        .filter((each) => !sorted.has(each))
        .map((each) => `order by ${each}`),
    );
}

const sideOf = (entity: string, key: string): string =>
  entity === 'attributes' || entity === 'datasets' ? `${entity}.${key}` : entity;
