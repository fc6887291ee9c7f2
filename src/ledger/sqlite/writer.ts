import { translated } from './errors.js';
import { Group, Outcome } from './group.js';
import { Quota, WriteEngine } from './write-engine.js';

/** Who writes a group, wherever that happens. Rejects with the port's errors. */
export interface Writer {
  write(group: Group): Promise<readonly Outcome[]>;
  probe(): Promise<void>;
  close(): Promise<void>;
}

/** Writes in the caller's own thread, which stands still meanwhile: for tests from source, and for tools. */
export class InlineWriter implements Writer {
  private readonly engine: WriteEngine;

  constructor(
    private readonly file: string,
    quota?: Quota,
  ) {
    this.engine = new WriteEngine(file, quota);
  }

  async write(group: Group): Promise<readonly Outcome[]> {
    return translated(this.file, () => this.engine.write(group));
  }

  async probe(): Promise<void> {
    translated(this.file, () => this.engine.probe());
  }

  async close(): Promise<void> {
    this.engine.close();
  }
}
