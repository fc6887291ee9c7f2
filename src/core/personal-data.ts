import { Sealed } from './envelope.js';

/**
 * Seals what tells who a person is before it goes into an event, and opens it for read models. An
 * abstract class, so that it can be asked for by dependency injection; `identity/keystore` holds the keys.
 */
export abstract class PersonalData {
  /** Seals under the key of `subject` (a user id), which is made when there is none. */
  abstract seal(subject: string, plain: string): Sealed;
  /** `undefined` once the subject's key has been destroyed. */
  abstract unseal(sealed: Sealed): string | undefined;
}
