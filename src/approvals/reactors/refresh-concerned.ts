import { setTimeout as sleep } from 'node:timers/promises';
import { BeforeApplicationShutdown, Inject, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Position, RecordedEvent, systemContext, UserId } from '../../core/index.js';
import { Following, type Ledger, LEDGER } from '../../ledger/index.js';
import { ReadModels } from '../../projection/index.js';
import { ApprovableKinds } from '../approvable-kinds.js';
import { RefreshApproval } from '../commands/approvals.commands.js';
import { digestOf } from '../digest.js';
import { type ApprovalsOptions, APPROVALS_OPTIONS } from '../options.js';
import { Follows, SignerAccounts } from '../port.js';
import { OpenApprovals } from '../queries/approvals/query.js';

/** How often it is looked whether the read models are there yet. */
const LOOK_MS = 50;

/**
 * Looks again at open requests once something has happened that they depend on: a request whose subject is gone
 * is void, one that takes other approvals by now waits for others, and one that has all of them is granted. From
 * the log, so a crash delays it only; looking twice changes nothing.
 */
@Injectable()
export class RefreshConcerned implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(RefreshConcerned.name);
  private readonly stopping = new AbortController();
  private followings: readonly Following[] = [];

  constructor(
    private readonly kinds: ApprovableKinds,
    private readonly accounts: SignerAccounts,
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly readModels: ReadModels,
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Inject(APPROVALS_OPTIONS) private readonly options: ApprovalsOptions,
  ) {}

  onApplicationBootstrap(): void {
    const ofKinds = this.kinds
      .following()
      .map(({ kind, follows }) => this.following(kind, follows.types, (event) => this.ofKind(kind, follows, event)));
    const ofSigners = this.following('signers', this.accounts.changes, (event) => this.ofSigner(event));
    this.followings = [...ofKinds, ofSigners];
    for (const each of this.followings) each.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.followings.map((each) => each.stop()));
  }

  /** A group keeps the types that it was made with; other types are another group, which looks again from the start. */
  private following(
    name: string,
    types: readonly string[],
    find: (event: RecordedEvent) => Promise<readonly string[]>,
  ) {
    return new Following(this.ledger, {
      group: `approvals-refresh-${name}-${digestOf({ types: [...types].sort() }).slice(0, 12)}`,
      types,
      handle: (event) => this.refresh(event, find),
      warn: (why) => this.logger.warn(`open requests could not be looked at again yet: ${why}`),
      retryMs: this.options.retryMs,
    });
  }

  private async ofKind(kind: string, follows: Follows, event: RecordedEvent): Promise<readonly string[]> {
    const open = await this.queries.execute(new OpenApprovals({ kind }));
    return open.filter(({ action }) => follows.concerns(event, action)).map(({ approvalId }) => approvalId);
  }

  private async ofSigner({ data }: RecordedEvent): Promise<readonly string[]> {
    const open = await this.queries.execute(new OpenApprovals({ signer: data['userId'] as UserId }));
    return open.map(({ approvalId }) => approvalId);
  }

  /** One that can't be looked at keeps no other one from it; it comes again with the event. */
  private async refresh(event: RecordedEvent, find: (event: RecordedEvent) => Promise<readonly string[]>) {
    await this.reached(event.position);
    const failed: unknown[] = [];
    for (const approvalId of await find(event)) {
      const { correlationId, id: causationId } = event;
      const context = systemContext(this.options.clock.now(), REASON, { correlationId, causationId });
      await this.commands.execute(new RefreshApproval(context, { approvalId })).catch((error: unknown) => {
        failed.push(error);
      });
    }
    if (failed.length > 0) throw failed[0];
  }

  /** A request that was made just before the event must not be missed: it is in the read models by then. */
  private async reached(position: Position): Promise<void> {
    const { signal } = this.stopping;
    while ((await this.readModels.checkpoint()) < position) {
      await sleep(LOOK_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) throw new Error('the server stops');
    }
  }
}

const REASON = 'something that a request depends on has changed';
