import { account, Http } from './custody.js';

/** Of our own API, as far as tests look at it. */
export interface Shown {
  readonly approval_id: string;
  readonly number: number;
  readonly state: string;
  readonly dossier: { readonly digest: string; readonly content: Record<string, unknown> };
  readonly missing: readonly { readonly role: string; readonly approvals: number }[];
  readonly decisions: readonly { readonly printed_name: string; readonly meaning: string; readonly digest: string }[];
  readonly you: { readonly may_decide: boolean; readonly why?: string };
  readonly history: readonly { readonly event: string }[];
  readonly why?: string;
}

/** A person who may sign: with a password of their own, and the binding accepted. */
export async function signatory(admin: Http, login: string, roles: readonly string[]): Promise<Http> {
  const person = await account(admin, login, roles);
  const path = '/api/v1/users/me/signature-acceptance';
  const { version } = (await person.get<{ version: number }>(path)).body;
  const accepted = await person.post(path, { version, password: person.password });
  if (accepted.status !== 200) throw new Error(`${login} could not accept: ${JSON.stringify(accepted.body)}`);
  return person;
}

export const approval = async (person: Http, id: string | number): Promise<Shown> => {
  const { status, body } = await person.get<Shown>(`/api/v1/approvals/${id}`);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body;
};

/** Signs about the dossier as it is now. */
export async function sign(person: Http, id: string | number, more: object = {}) {
  const { body } = await person.get<Shown>(`/api/v1/approvals/${id}`);
  const decision = {
    decision: 'approve',
    meaning: 'approved',
    reason: 'metrics and data checked',
    digest: body.dossier.digest,
  };
  return person.post(`/api/v1/approvals/${id}/decisions`, { ...decision, password: person.password, ...more });
}
