import { errors } from '../core/index.js';
import type { Credentials, SignIn } from './credentials.js';

/** What a command that began a session still has to end. */
const begun: (() => Promise<unknown>)[] = [];

/**
 * A code of a second factor is good for one request, and most commands send several: with a code a command signs
 * in for its own time, as a page does.
 */
export async function sessionWith(code: string, url: string, signIn: SignIn, refused: string): Promise<Credentials> {
  const response = await fetch(`${url}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...signIn, code }),
  }).catch((cause: unknown) => {
    throw errors.unavailable('no-server', `no server answers at ${url} (${(cause as Error).message})`);
  });
  const { csrf_token, detail } = (await response.json().catch(() => ({}))) as Partial<Record<string, string>>;
  if (response.status === 401) throw errors.unauthenticated('not-signed-in', refused);
  if (!response.ok || csrf_token === undefined)
    throw errors.unavailable('not-signed-in', detail ?? `the server answered ${response.status}`);
  const cookie = response.headers
    .getSetCookie()
    .map((set) => set.split(';', 1)[0])
    .join('; ');
  const header = { cookie, 'x-custody-csrf': csrf_token };
  begun.push(() => fetch(`${url}/api/v1/sessions/current`, { method: 'DELETE', headers: header }));
  return { header, refused };
}

/** A session that can't be ended now ends by itself, soon; no command fails for that. */
export const signOut = (): Promise<unknown> => Promise.allSettled(begun.splice(0).map((end) => end()));
