/** How the trail is kept, as far as whoever runs the server may choose. */
export interface TrailSettings {
  /** Reads are written down together, so often. */
  readonly readsMs: number;
}

export const TRAIL_SETTINGS = Symbol('trail-settings');

export const DEFAULT_TRAIL: TrailSettings = { readsMs: 10_000 };
