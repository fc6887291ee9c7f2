import { UserId } from '../core/index.js';

/** Who the pseudonyms are; the app fills it from the accounts. Names are looked up when somebody looks, and kept nowhere. */
export abstract class PeopleNames {
  /** Ids without an account are missing. */
  abstract namesOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

const USER_ID = /\bu-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;

/** An answer, and beside it who the people are that it names by their ids: whoever has to judge has to know them. */
export async function withPeople<T extends object>(
  answer: T,
  names: PeopleNames | undefined,
): Promise<T & { readonly people: Readonly<Record<UserId, string>> }> {
  const ids = [...new Set(JSON.stringify(answer).match(USER_ID) ?? [])];
  const found = await names?.namesOf(ids);
  return { ...answer, people: Object.fromEntries(found ?? []) };
}
