import { CommandContext, JsonObject, Micros, Refusal, Role, Sealed, UserId } from '../core/index.js';
import { Action } from '../http/index.js';

/** What a request is about: `model-version` (a stage or alias), `policy`, `break-glass-review`, … */
export interface Subject {
  readonly kind: string;
  readonly id: string;
}

/** What the approver is shown, whole; `digest` is the SHA-256 (hex) of its canonical JSON (RFC 8785, package canonicalize). */
export interface Dossier {
  readonly content: JsonObject;
  readonly digest: string;
}

/** So many different people of that role. Steps in order when sequential. Somebody counts for one step only. */
export interface ApprovalStep {
  readonly role: Role;
  /** Other roles that will do for this step, too. */
  readonly or?: readonly Role[];
  readonly approvals: number;
}
export interface ApprovalRules {
  readonly order: 'parallel' | 'sequential';
  readonly steps: readonly ApprovalStep[];
  readonly expiresAfterHours: number;
  /** A review of what has happened: overdue from the first moment until somebody has signed it, and nobody can take it back. */
  readonly afterwards?: true;
  /** Beside the requester: who may not decide, and why it is so (e.g. 'trained the run'). */
  readonly excluded: readonly { readonly userId: UserId; readonly why: string }[];
  /** The policy that says so: its name, version and digest. */
  readonly policy?: { readonly name: string; readonly version: number; readonly digest: string };
}

export const MEANINGS = ['approved', 'reviewed', 'authored', 'rejected'] as const;
export type Meaning = (typeof MEANINGS)[number];

/** 21 CFR 11.50, 11.70: who, when, what it means, why, and of exactly what. `statementDigest` = SHA-256 hex of the canonical JSON of all the others. */
export interface Signature {
  readonly signatureId: string; // sg-<uuidv7>
  readonly signer: UserId;
  readonly printedName: Sealed; // under the signer's key, as at the time of signing
  readonly meaning: Meaning;
  readonly reason: string;
  readonly subject: { readonly kind: string; readonly id: string }; // the request: { kind: 'approval', id: 'ap-…' }
  readonly digest: string; // of the dossier shown
  readonly signedAt: Micros;
  readonly components: readonly ('password' | 'code' | 'oidc')[];
  readonly statementDigest: string;
}

export interface SigningCredentials {
  readonly password?: string;
  readonly code?: string;
  readonly ticket?: string;
}

/** Filled by the identity room. Throws CustodyError kind denied (code signature-refused), recorded; several failures lock and alert. */
export abstract class Signer {
  abstract sign(
    context: CommandContext,
    what: {
      readonly meaning: Meaning;
      readonly reason: string;
      readonly subject: Signature['subject'];
      readonly digest: string;
    },
    credentials: SigningCredentials,
  ): Promise<Signature>;
}

/** Reviews don't expire: a time that nobody is there to see any more. */
export const NEVER_HOURS = 100 * 365 * 24;

/** One kind of thing that can be approved; rooms register theirs with ApprovableKinds.add(…) at module init. */
export interface Approvable {
  readonly kind: string;
  /** The right that it takes to see requests of this kind, besides that to see requests; whoever made one sees it. */
  readonly seenBy?: Action;
  /** What rules can't say of somebody who wants to decide: asked before they are asked for a password. */
  objection?(context: CommandContext, action: JsonObject, requester: UserId): Promise<Refusal | undefined>;
  /** As it is now: the deciding call compares its digest with what the signer saw. Throws not-found when it is gone. */
  dossier(action: JsonObject): Promise<Dossier>;
  /** As they are now: asked again at every decision, so that a policy changed meanwhile counts. */
  rules(action: JsonObject, requester: UserId): Promise<ApprovalRules>;
  /** Does what was approved. Called at least once, with the same context.idempotencyKey each time; must take effect exactly once. The actor is the last approver; correlation and causation are the request's. */
  carryOut(
    context: CommandContext,
    approval: { readonly approvalId: string; readonly action: JsonObject; readonly requester: UserId },
  ): Promise<JsonObject>;
}
