/** Times are microseconds since the epoch. */
export interface TokensTable {
  readonly token_id: string;
  readonly user_id: string;
  readonly label: string;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly revoked_at: number | null;
  /** The first use within the hour of the last use. */
  readonly last_used_at: number | null;
  /** JSON of what it is limited to. */
  readonly limits: string | null;
  readonly rotated_at: number | null;
  /** Until when the secret before the present one goes on. */
  readonly old_secret_until: number | null;
}

export interface TokenListSchema {
  readonly identity_tokens: TokensTable;
}
