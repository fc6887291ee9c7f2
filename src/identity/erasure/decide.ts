import { accept, Decision } from '../../core/index.js';
import type { Account, UserEvent } from '../user/events.js';

/** The account ends first, with all that opens it: whoever is being erased does nothing any more. */
export interface CloseForErasure {
  readonly type: 'CloseForErasure';
  readonly released?: number;
}
/** Once the key is destroyed. */
export interface NoteErased {
  readonly type: 'NoteErased';
  readonly approvalId: string;
}

export function closeForErasure({ userId, status, disabledByDirectory, tokens }: Account): Decision<UserEvent> {
  // Said again of somebody whom the directory disabled, it lasts: the directory can't let them come back.
  const open = status !== 'disabled' || disabledByDirectory === true;
  const revoked = [...tokens.keys()].map((tokenId) => ({ type: 'TokenRevoked' as const, data: { userId, tokenId } }));
  return accept<UserEvent>(...revoked, ...(open ? [{ type: 'UserDisabled' as const, data: { userId } }] : []));
}

export const noteErased = ({ approvalId }: NoteErased, { userId, erased }: Account): Decision<UserEvent> =>
  erased ? accept() : accept({ type: 'PersonErased', data: { userId, approvalId } });
