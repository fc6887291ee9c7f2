import { errors } from '../../core/index.js';
import { ServerClient } from '../server-client.js';

export interface WireUser {
  readonly user_id: string;
  readonly kind: string;
  readonly login: string;
  readonly display_name: string;
  readonly roles: readonly string[];
  readonly disabled: boolean;
  readonly status: 'pending' | 'active' | 'disabled';
  readonly identity_verified?: { readonly how: string; readonly by: string; readonly at: string };
  readonly must_change_password: boolean;
  readonly last_sign_in_at?: string;
}

export interface WireToken {
  readonly token_id: string;
  readonly label: string;
  readonly created_at: string;
  readonly expires_at?: string;
  readonly revoked_at?: string;
  readonly last_used_at?: string;
  readonly limits?: {
    readonly read_only?: boolean;
    readonly actions?: readonly string[];
    readonly experiments?: readonly string[];
    readonly models?: readonly string[];
  };
}

/** Where a role holds; nothing of it: everywhere. */
export interface WirePlace {
  readonly experiments?: string;
  readonly models?: string;
  readonly experiment_id?: string;
  readonly model_id?: string;
}

export function placeOf({ experiments, models, experiment_id, model_id }: WirePlace): string {
  if (experiments !== undefined) return `experiments ${experiments}`;
  if (models !== undefined) return `models ${models}`;
  if (experiment_id !== undefined) return `the experiment ${experiment_id}`;
  return model_id === undefined ? 'everything' : `the model ${model_id}`;
}

interface UserPage {
  readonly users: readonly WireUser[];
  readonly next_page_token?: string;
}

const USER_ID = /^u-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Every account, gathered page by page. */
export async function allUsers(client: ServerClient): Promise<readonly WireUser[]> {
  const users: WireUser[] = [];
  let token: string | undefined;
  do {
    const query = new URLSearchParams({ max_results: '1000', ...(token === undefined ? {} : { page_token: token }) });
    const page = await client.get<UserPage>('/api/v1/users', query);
    users.push(...page.users);
    token = page.next_page_token;
  } while (token !== undefined);
  return users;
}

/** People know logins, the API knows ids. @throws not-found */
export async function userIdOf(client: ServerClient, name: string): Promise<string> {
  if (USER_ID.test(name)) return name;
  const login = name.trim().toLowerCase();
  const found = (await allUsers(client)).find((user) => user.login.toLowerCase() === login);
  if (found) return found.user_id;
  throw errors.notFound('user-not-found', `there is no account ${JSON.stringify(name)}; custody user list shows all`);
}

/** A path of an account; the id was checked by the server that gave it, or by the pattern above. */
export const userPath = (userId: string, rest: string): string => `/api/v1/users/${encodeURIComponent(userId)}/${rest}`;
