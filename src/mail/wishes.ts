import { Injectable } from '@nestjs/common';
import { accept, CommandContext, Decider, UserId } from '../core/index.js';
import { DecisionMaker } from '../ledger/index.js';
import { MailEvent, wishesStream } from './events.js';
import { Topic, TOPICS } from './topics.js';

type WishesChanged = Extract<MailEvent, { type: 'MailWishesChanged' }>;
interface Declined {
  readonly topics: readonly Topic[];
}
interface Decline {
  readonly userId: UserId;
  readonly topics: readonly Topic[];
}

export const wishesDecider: Decider<Declined, Decline, WishesChanged> = {
  initial: { topics: [] },
  evolve: (_state, { data }) => ({ topics: data.declined }),
  decide: ({ userId, topics }, before) => {
    const declined = TOPICS.filter((topic) => topics.includes(topic));
    if (declined.join() === before.topics.join()) return accept();
    return accept({ type: 'MailWishesChanged', data: { userId, declined } });
  },
};

/** Which mail people do not want, from the log itself. */
@Injectable()
export class MailWishes {
  constructor(private readonly decisions: DecisionMaker) {}

  async declinedBy(userId: UserId): Promise<readonly Topic[]> {
    return (await this.decisions.load(wishesDecider, wishesStream(userId))).state.topics;
  }

  async decline(context: CommandContext, userId: UserId, topics: readonly Topic[]): Promise<readonly Topic[]> {
    const { state } = await this.decisions.decide(wishesDecider, wishesStream(userId), { userId, topics }, context);
    return state.topics;
  }
}
