import { errors } from '../../core/index.js';
import { Webhook } from './events.js';

type Listed = Pick<Webhook, 'webhookId' | 'createdAt'>;

/** Newest first. The token says after which one the page begins, so pages fit together whatever is made meanwhile. */
export function pageOfWebhooks<W extends Listed>(
  all: readonly W[],
  size: number,
  token: string | undefined,
): { readonly items: readonly W[]; readonly nextPageToken?: string } {
  const after = placeOf(token);
  const sorted = all.filter((webhook) => after === undefined || newestFirst(after, webhook) < 0).sort(newestFirst);
  const items = sorted.slice(0, size);
  const last = items.at(-1);
  return last === undefined || items.length === sorted.length ? { items } : { items, nextPageToken: tokenOf(last) };
}

const newestFirst = (a: Listed, b: Listed): number =>
  b.createdAt - a.createdAt || (a.webhookId < b.webhookId ? 1 : a.webhookId > b.webhookId ? -1 : 0);

const tokenOf = ({ createdAt, webhookId }: Listed): string =>
  Buffer.from(`${createdAt}/${webhookId}`).toString('base64url');

function placeOf(token: string | undefined): Listed | undefined {
  if (token === undefined || token === '') return undefined;
  const match = /^(\d{1,15})\/([0-9a-f-]{36})$/.exec(Buffer.from(token, 'base64url').toString());
  if (!match) throw errors.invalid('page-token-invalid', 'page_token must be one that a list answered', 'page_token');
  return { createdAt: Number(match[1]), webhookId: match[2]! };
}
