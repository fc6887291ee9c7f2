/** Where a bundle is written to. Nothing is at its place under its name before `finish`. */
export interface BundleSink {
  /** A whole small file. */
  put(path: string, bytes: Uint8Array): Promise<void>;
  /** A file of any size; one of them at a time, and others may be put meanwhile. */
  begin(path: string): Promise<BundleStream>;
  /** All of it is there, and durable. */
  finish(): Promise<void>;
  /** Leaves nothing behind. */
  abandon(): Promise<void>;
}

export interface BundleStream {
  write(bytes: Uint8Array): Promise<void>;
  end(): Promise<void>;
}
