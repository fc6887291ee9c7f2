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
  /** The directory's account of this subject is none to be linked: people made it, it has a password or had a subject, or there are several. */
  | 'account-not-linkable'
  /** An administrator has taken the account from this subject. */
  | 'identity-unlinked'
  /** The login that the provider names is somebody else's here. */
  | 'login-taken'
  /** The browser came back without having been sent by us, or too late, or in another browser. */
  | 'oidc-not-begun'
  /** The answer belongs to another sign-in than the browser's. */
  | 'oidc-state'
  | 'oidc-replayed'
  /** By the provider: the person or somebody there said no. */
  | 'oidc-refused'
  /** The provider does not take the code, or not from us. */
  | 'oidc-code'
  /** What came is not what the provider may have said to us in this sign-in: a swapped nonce, another audience. */
  | 'oidc-answer'
  /** It does not answer, so nobody knows. */
  | 'provider-away';
