import { Anchor, AnchoredCheckpoint, AnchorError } from './anchor.js';

/**
 * How this server calls others: looks the name up once, refuses what it may not reach, follows no redirect,
 * bounds time and answer. The app fills it with what webhooks are sent with.
 */
export interface Poster {
  /** `reason` when it was not taken. */
  post(message: {
    readonly url: string;
    readonly contentType: string;
    readonly body: string;
    readonly signal: AbortSignal;
  }): Promise<{ readonly reason?: string }>;
}

/** A receiver that takes the checkpoint as text. */
export class UrlAnchor implements Anchor {
  readonly kind = 'url';
  readonly where: string;

  constructor(
    private readonly url: string,
    private readonly poster: Poster,
  ) {
    // A query may hold the receiver's secret.
    const { origin, pathname } = new URL(url);
    this.where = `${origin}${pathname}`;
  }

  async put({ note }: AnchoredCheckpoint, signal: AbortSignal): Promise<void> {
    const contentType = 'text/plain; charset=utf-8';
    const { reason } = await this.poster.post({ url: this.url, contentType, body: note, signal });
    if (reason !== undefined) throw new AnchorError(reason);
  }
}
