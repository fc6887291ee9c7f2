/**
 * A request that a laboratory sends thousands of times a minute may recognise a well-formed body by
 * itself. Whatever it does not recognise takes the way of all requests, through class-validator, which
 * says what is wrong; a test holds the two ways to the same result.
 */
export interface QuickCheck<Request> {
  quick(body: unknown): Request | undefined;
}

/** The field as the full check would leave it, or `undefined` for what is not recognised. */
export type Recognise<T> = (value: unknown) => T | undefined;

/** A body all of whose fields may be missing; what has no name here is left out. */
export function recognise<Request extends object>(
  body: unknown,
  fields: { readonly [Name in keyof Request]-?: Recognise<NonNullable<Request[Name]>> },
): Request | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const known: Partial<Request> = {};
  for (const name of Object.keys(fields) as (keyof Request & string)[]) {
    const sent = (body as Readonly<Record<string, unknown>>)[name];
    if (sent === undefined) continue;
    const value = fields[name](sent);
    if (value === undefined) return undefined;
    known[name] = value;
  }
  return known as Request;
}

export const text: Recognise<string> = (value) => (typeof value === 'string' ? value : undefined);

export const whole =
  (least = -Infinity, most = Infinity): Recognise<number> =>
  (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : undefined;

export const oneOf =
  <T extends string>(names: readonly T[]): Recognise<T> =>
  (value) =>
    names.find((name) => name === value);

/** All items, or none when one of them is not recognised. */
export const each =
  <T>(item: Recognise<T>): Recognise<T[]> =>
  (list) => {
    if (!Array.isArray(list)) return undefined;
    const items: T[] = [];
    for (const value of list as unknown[]) {
      const known = item(value);
      if (known === undefined) return undefined;
      items.push(known);
    }
    return items;
  };
