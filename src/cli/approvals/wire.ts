/** Who the people are whose ids are in an answer. */
export type PeopleWire = Readonly<Record<string, string>>;

/** A person by name, with the id that the log has. */
export const named = (text: string, people: PeopleWire | undefined): string =>
  text.replace(/\bu-[0-9a-f-]{36}\b/g, (id) => (people && Object.hasOwn(people, id) ? `${people[id]} (${id})` : id));

/** A request for approval as the API shows it, as far as the command line prints it. */
export interface WireApproval {
  readonly approval_id: string;
  readonly number: number;
  readonly title: string;
  readonly state: string;
  readonly requested_by: string;
  readonly requested_at: string;
  readonly expires_at?: string;
  /** Of reviews, which do not expire. */
  readonly overdue?: boolean;
  readonly dossier: { readonly digest: string; readonly content: unknown; readonly changed: boolean };
  readonly rules: { readonly order: string; readonly steps: readonly Step[] };
  readonly decisions: readonly WireDecision[];
  readonly missing: readonly Step[];
  readonly you: { readonly may_decide: boolean; readonly why?: string };
  readonly comments: readonly { readonly by: string; readonly at: string; readonly comment: string }[];
  readonly why?: string;
  readonly people: PeopleWire;
}

export interface Step {
  readonly role: string;
  readonly or?: readonly string[];
  readonly approvals: number;
}

export interface WireDecision {
  readonly decision: string;
  readonly printed_name?: string;
  readonly signer: string;
  readonly meaning: string;
  readonly reason: string;
  readonly signed_at: string;
  readonly digest: string;
  readonly counts: boolean;
  /** Why it does not count any more. */
  readonly why_not?: string;
}

export interface WireListed {
  readonly approval_id: string;
  readonly number: number;
  readonly title: string;
  readonly state: string;
  readonly requested_by: string;
  readonly requested_at: string;
  readonly expires_at?: string;
  /** Of reviews, which do not expire. */
  readonly overdue?: boolean;
}

export const API = '/api/v1/approvals';

export const pathOf = (request: string): string => `${API}/${encodeURIComponent(request)}`;
