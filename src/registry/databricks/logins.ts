/** Whose login is whose. Databricks' clients name people by it; the app fills it from the accounts. */
export abstract class Logins {
  abstract idOf(login: string): Promise<string | undefined>;
}
