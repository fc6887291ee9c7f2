/**
 * Waits until the read models include all that is in the log. Abstract class: the application fills it, since only it
 * knows the projector. A read waits by itself; this is for a command that looks at a read model.
 */
export abstract class CaughtUp {
  /** @throws CustodyError kind `unavailable` when it takes too long */
  abstract toNow(): Promise<void>;
}
