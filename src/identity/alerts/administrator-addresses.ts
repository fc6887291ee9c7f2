import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { CommandContext, PersonalData } from '../../core/index.js';
import { CustodyRequest } from '../../http/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { clientAddress, networkOf } from '../strangers/client-address.js';
import { addressesDecider, addressesStream } from './addresses.js';
import { Alerts } from './alerts.js';

const REMEMBERED = 10_000;

/** Where administrators sign in from: every place after the first is an alert, once, before anything is done. */
@Injectable()
export class AdministratorAddresses {
  private readonly known = new LRUCache<string, true>({ max: REMEMBERED });

  constructor(
    private readonly decisions: DecisionMaker,
    private readonly personal: PersonalData,
    private readonly alerts: Alerts,
  ) {}

  async seen(context: CommandContext, request: CustodyRequest): Promise<void> {
    const { id, roles } = context.actor;
    if (!roles.includes('admin')) return;
    const network = networkOf(clientAddress(request));
    const key = `${id}\n${network}`;
    if (this.known.has(key)) return;
    await this.add(context, network);
    this.known.set(key, true);
  }

  private async add(context: CommandContext, network: string): Promise<void> {
    const { id } = context.actor;
    const stream = addressesStream(id);
    const own = { ...context, reason: undefined, idempotencyKey: undefined };
    for (;;) {
      const { state } = await this.decisions.load(addressesDecider, stream);
      if (state.some((sealed) => this.personal.unseal(sealed) === network)) return;
      const command = { userId: id, address: this.personal.seal(id, network), compared: state.length };
      const { events } = await this.decisions.decide(addressesDecider, stream, command, own);
      for (const { type, data } of events) if (type === 'AlertRaised') this.alerts.tell(context, data);
      if (events.length > 0) return;
    }
  }
}
