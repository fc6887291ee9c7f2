import { UserId } from '../../core/index.js';
import { noAccount } from './no-account.js';

const USER_ID = /^(u|svc)-[0-9a-z-]{1,64}$/;

export const isUserId = (text: string): text is UserId => USER_ID.test(text);

/** An id as a client gives it; what can't be one is not found, and never becomes the name of a stream. */
export function userIdOf(text: string): UserId {
  if (!isUserId(text)) throw noAccount();
  return text;
}
