import { UserId } from '../../core/index.js';
import { noAccount } from './no-account.js';

const USER_ID = /^(u|svc)-[0-9a-z-]{1,64}$/;

/** An id as a client gives it; what can't be one is not found, and never becomes the name of a stream. */
export function userIdOf(text: string): UserId {
  if (!USER_ID.test(text)) throw noAccount();
  return text as UserId;
}
