/** Times are microseconds since the epoch; flags are 0 or 1; roles are separated by commas. */
export interface UsersTable {
  readonly user_id: string;
  readonly kind: string;
  /** `[erased]` once the person's key has been destroyed. */
  readonly login: string;
  readonly display_name: string;
  readonly email: string | null;
  readonly roles: string;
  readonly disabled: number;
  /** How the person's identity was verified, by whom and when; null when nobody has recorded it. */
  readonly verified_how: string | null;
  readonly verified_by: string | null;
  readonly verified_at: number | null;
  /** Waits for that record. */
  readonly pending: number;
  readonly must_change_password: number;
  /** Passwords are refused until then; null when they never were, or the lock was ended. */
  readonly locked_until: number | null;
  /** JSON: what the lab's directory knows besides. */
  readonly details: string | null;
  /** The lab's directory has deleted the person. */
  readonly deprovisioned: number;
  /** Their key was destroyed: what told who they were is gone. */
  readonly erased: number;
  readonly created_at: number;
  /** When the directory's view of the account changed last. */
  readonly changed_at: number;
  readonly last_sign_in_at: number | null;
}

export interface UserListSchema {
  readonly identity_users: UsersTable;
}
