import { Role, UserId } from '../core/index.js';

/** Whose turn it is to decide a request; no roles where it is nobody's. */
export interface Turn {
  readonly roles: readonly Role[];
  /** Whatever their roles: the requester, whom the rules exclude, who approved already. */
  readonly not: readonly UserId[];
}

/** Requests for approval, of which this room knows no more than their events; the app fills it. */
export abstract class Requests {
  /** As it was when the request's stream ended with this revision. */
  abstract turnAt(approvalId: string, revision: number): Promise<Turn>;
}
