import { EventCatalogue, Micros, RecordedEvent, Role, Sealed, UserId } from '../../../core/index.js';
import { DecisionMaker, DEFAULT_PAGE, Ledger } from '../../../ledger/index.js';
import { accessStream, SignedIn } from '../../access/events.js';
import { directoryDecider, USER_DIRECTORY } from '../../directory/directory.js';
import { userDecider, userStream } from '../../user/decide.js';

const DAY = 86_400_000_000;

export interface AccountReview {
  readonly userId: UserId;
  /** `undefined` once the person's key has been destroyed. */
  readonly login: string | undefined;
  readonly kind: 'person' | 'service';
  readonly roles: readonly Role[];
  readonly createdAt: Micros;
  /** Within the days that were looked at. */
  readonly lastSignIn: Micros | undefined;
  /** From how many addresses a password of the account was used in these days. */
  readonly addresses: number;
  readonly tokensForEver: number;
}

export interface ReviewSources {
  readonly ledger: Ledger;
  readonly catalogue: EventCatalogue;
  readonly unseal: (sealed: Sealed) => string | undefined;
}

/** Active accounts with how they were used of late, from the log itself: works beside a server and without one. */
export async function reviewAccess(
  sources: ReviewSources,
  now: Micros,
  days: number,
): Promise<readonly AccountReview[]> {
  const { ledger, catalogue, unseal } = sources;
  const decisions = new DecisionMaker(ledger, catalogue);
  const uses = await usesOf(sources, now, days);
  const { state } = await decisions.load(directoryDecider, USER_DIRECTORY);
  const reviews: AccountReview[] = [];
  for (const userId of new Set(state.names.values())) {
    const { state: user } = await decisions.load(userDecider, userStream(userId));
    const [first] = await ledger.read(userStream(userId), { limit: 1 });
    if (user.status !== 'active' || !first) continue;
    const { kind, roles, tokens } = user;
    const used = uses.get(userId);
    reviews.push({
      userId,
      login: unseal(user.login),
      kind,
      roles,
      createdAt: first.recordedAt,
      lastSignIn: used?.last,
      addresses: used?.addresses.size ?? 0,
      tokensForEver: tokens.count(({ expiresAt }) => expiresAt === undefined),
    });
  }
  return reviews;
}

interface Use {
  readonly last: Micros;
  readonly addresses: ReadonlySet<string>;
}

/** Sign-ins are in one stream a day, so the rest of the log stays unread. */
async function usesOf(sources: ReviewSources, now: Micros, days: number): Promise<ReadonlyMap<UserId, Use>> {
  const uses = new Map<UserId, Use>();
  for (let ago = days; ago >= 0; ago--) {
    for await (const event of allOf(sources.ledger, accessStream((now - ago * DAY) as Micros))) {
      if (event.type !== 'SignedIn') continue;
      const { userId, via } = sources.catalogue.upcast<SignedIn>(event).data;
      const address = via === 'password' ? addressOf(event, sources) : undefined;
      const known = uses.get(userId)?.addresses ?? new Set<string>();
      uses.set(userId, { last: event.recordedAt, addresses: address ? new Set([...known, address]) : known });
    }
  }
  return uses;
}

function addressOf({ origin }: RecordedEvent, { unseal }: ReviewSources): string | undefined {
  const text = origin.client === undefined ? undefined : unseal(origin.client);
  return text === undefined ? undefined : (JSON.parse(text) as { ip?: string }).ip;
}

async function* allOf(ledger: Ledger, stream: string): AsyncGenerator<RecordedEvent> {
  for (let from = 0; ; from += DEFAULT_PAGE) {
    const page = await ledger.read(stream, { from, limit: DEFAULT_PAGE });
    yield* page;
    if (page.length < DEFAULT_PAGE) return;
  }
}
