/** One event as the double keeps it. */
export interface LogRecord {
  /** Offset in the log: grows by the size of what was written, never by one. */
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly isJson: boolean;
  /** Units of 100 ns since 1970. */
  readonly created: bigint;
  readonly data: Buffer;
  readonly metadata: Buffer;
}

export interface Proposed {
  readonly id: string;
  readonly type: string;
  readonly isJson: boolean;
  readonly data: Buffer;
  readonly metadata: Buffer;
}

export type Expected = number | 'any' | 'no-stream' | 'stream-exists';

export type AppendOutcome =
  | { readonly kind: 'done'; readonly revision: number; readonly position: number }
  | { readonly kind: 'nothing'; readonly revision: number | undefined }
  | { readonly kind: 'wrong-version'; readonly current: number | undefined }
  | { readonly kind: 'deleted' };

type Row = [string, number, string, string, 0 | 1, string, string, string, number];

/** One line a write, so that a write of several events is there entirely or not at all. */
export const toLine = (records: readonly LogRecord[]): string =>
  JSON.stringify(
    records.map((r): Row => {
      const [data, metadata] = [r.data.toString('base64'), r.metadata.toString('base64')];
      return [r.stream, r.revision, r.id, r.type, r.isJson ? 1 : 0, String(r.created), data, metadata, r.position];
    }),
  );

export const fromLine = (line: string): LogRecord[] =>
  (JSON.parse(line) as Row[]).map(([stream, revision, id, type, json, created, data, metadata, position]) => ({
    position,
    stream,
    revision,
    id,
    type,
    isJson: json === 1,
    created: BigInt(created),
    data: Buffer.from(data, 'base64'),
    metadata: Buffer.from(metadata, 'base64'),
  }));

export const sizeOf = (record: Pick<LogRecord, 'stream' | 'type' | 'data' | 'metadata'>): number =>
  96 + Buffer.byteLength(record.stream) + Buffer.byteLength(record.type) + record.data.length + record.metadata.length;
