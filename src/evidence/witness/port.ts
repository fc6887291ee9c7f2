/** Is told of every checkpoint that the log has signed, once it is stored. Must answer at once, and never throws. */
export interface CheckpointFollower {
  issued(checkpoint: Issued): void;
}

/** A checkpoint as it was issued. */
export interface Issued {
  /** By which its store knows it. */
  readonly number: number;
  readonly note: string;
}

/** The log's own tree. */
export interface TreeProofs {
  consistency(first: number, second: number): { readonly hashes: readonly Buffer[] };
}

/** Where cosignatures of a stored checkpoint are kept and served with it. */
export interface CosignedCheckpoints {
  /** Adding one again changes nothing. */
  addCosignatures(number: number, lines: readonly string[]): void;
}

export interface Answer {
  readonly status: number;
  /** Of its content, without parameters. */
  readonly type: string;
  readonly body: string;
}

/** One call over HTTP. Rejects when nobody answers; follows no redirect, and reads a bounded answer. */
export interface Caller {
  post(url: string, body: string, signal: AbortSignal): Promise<Answer>;
}

/** For a person who watches the server: one line each. */
export interface WitnessingLog {
  info(facts: object, line: string): void;
  warn(facts: object, line: string): void;
  error(facts: object, line: string): void;
}
