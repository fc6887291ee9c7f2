import { RevisionConflict } from './errors.js';
import type { AppendResult } from './ledger.js';
import type { SerializedEvent } from './validate.js';

/** What one opened ledger has appended since it was opened. Counters only: an append pays for additions. */
export class Traffic {
  appends = 0;
  events = 0;
  /** JSON of data and context, as UTF-8. */
  bytes = 0;
  /** Appends that were refused because the stream was not as expected; each is decided anew. */
  conflicts = 0;

  /** A repetition writes nothing and counts for nothing. */
  async count(rows: readonly SerializedEvent[], appending: Promise<AppendResult>): Promise<AppendResult> {
    try {
      const result = await appending;
      if (!result.repeated) {
        this.appends++;
        this.events += rows.length;
        for (const { bytes } of rows) this.bytes += bytes;
      }
      return result;
    } catch (error) {
      if (error instanceof RevisionConflict) this.conflicts++;
      throw error;
    }
  }
}
