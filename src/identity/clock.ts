/** Injection token of the room's clock. */
export const IDENTITY_CLOCK = Symbol('identity-clock');
