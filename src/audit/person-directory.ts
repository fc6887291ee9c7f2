/** Who the pseudonyms in the log are. The audit room declares it; the app fills it from the accounts. */
export abstract class PersonDirectory {
  abstract idOf(login: string): Promise<string | undefined>;
  abstract namesOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
}
