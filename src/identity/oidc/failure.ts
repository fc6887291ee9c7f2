/** Why nobody was let in by what the provider says; for the trail only. */
export type OidcFailure =
  /** Cut, or no token of this form at all. */
  | 'jwt-malformed'
  /** Changed, or signed by somebody else. */
  | 'jwt-signature'
  /** `none`, a shared secret, or nothing we know. */
  | 'jwt-algorithm'
  | 'jwt-unknown-key'
  | 'jwt-issuer'
  | 'jwt-audience'
  | 'jwt-expired'
  | 'jwt-not-yet-valid'
  /** A token of the provider that is for something else: an ID token, a refresh token. */
  | 'jwt-type'
  /** Without what must be in it. */
  | 'jwt-claims'
  /** Nobody's subject, and accounts are not made at sign-in. */
  | 'identity-unknown'
  /** An administrator has taken the account from this subject. */
  | 'identity-unlinked'
  /** The login that the provider names is somebody else's here. */
  | 'login-taken'
  /** Keys can't be had, so nobody knows. */
  | 'provider-away';
