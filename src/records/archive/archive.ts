import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { ArtifactStore } from '../../artifacts/index.js';
import {
  CommandContext,
  CustodyError,
  errors,
  Micros,
  Position,
  RecordedEvent,
  START,
  toIso,
} from '../../core/index.js';
import { AccessPolicy } from '../../http/index.js';
import { DecisionMaker, type Ledger, LEDGER } from '../../ledger/index.js';
import { held } from '../holds/decide.js';
import { Hold } from '../holds/events.js';
import { LegalHolds } from '../holds/legal-holds.js';
import { keptUntil, onlineSince, RetentionRules } from '../retention/retention.js';
import { ARCHIVE, archiveDecider, Segment, segmentResource } from './events.js';
import { eventsOfStream } from './read-segments.js';
import { segmentLines, Written } from './segment.js';

const PAGE = 1000;
/** So that a segment stays a file that can be sent around. */
const MAX_EVENTS = 100_000;

/** Closed segments of the log in the artifact store: in a file or in S3, wherever artifacts are. */
@Injectable()
export class Archive {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly holds: LegalHolds,
    private readonly retention: RetentionRules,
    private readonly store: ArtifactStore,
    private readonly policy: AccessPolicy,
    @Inject(LEDGER) private readonly ledger: Ledger,
  ) {}

  async segments(): Promise<readonly Segment[]> {
    return (await this.decisions.load(archiveDecider, ARCHIVE)).state;
  }

  /** @throws CustodyError kind `not-found` */
  async get(number: number): Promise<Segment> {
    const found = (await this.segments()).find(({ segment }) => segment === number);
    if (!found) throw errors.notFound('segment-not-found', 'there is no such archived segment', 'id');
    return found;
  }

  open({ sha256 }: Segment): Promise<Readable> {
    return this.store.open(sha256);
  }

  /** Closes and writes the next segment: all that is past its online time, as far as a file holds. */
  async close(context: CommandContext): Promise<Segment> {
    const last = (await this.segments()).at(-1);
    const before = onlineSince(await this.retention.now(), context.now);
    const holds = await this.holds.inForce();
    const everything = holds.filter(({ scope }) => scope.kind === 'everything');
    if (everything.length > 0) throw new CustodyError(held(everything).refusal);
    const head = {
      segment: (last?.segment ?? 0) + 1,
      first: last ? last.first + last.events : 0,
      start: last?.hashes ?? [],
    };
    const found: { written?: Written | undefined; refused?: unknown } = {};
    const events = this.eventsAfter(
      (last?.upTo ?? START) as Position,
      before,
      holds,
      (error) => (found.refused = error),
    );
    const lines = segmentLines(head, events, (written) => (found.written = written));
    // Looked at before anything is stored: an empty segment is none.
    const start = await firstTwo(lines);
    if (found.refused) throw found.refused as Error;
    if (start.end)
      throw errors.state(
        'nothing-to-archive',
        `nothing more is from before ${toIso(before)}, when the online time ends`,
      );
    const { sha256, size: bytes } = await this.store
      .put(Readable.from(rest(start.lines, lines)))
      .catch((error: unknown) => {
        throw found.refused ?? error;
      });
    const { events: count, oldest, last: newest, root, hashes } = found.written!;
    const { segment, first } = head;
    const times = { oldestAt: oldest.recordedAt, newestAt: newest.recordedAt, upTo: newest.position };
    const closed: Segment = { segment, first, events: count, ...times, sha256, bytes, root, hashes };
    await this.decisions.decide(archiveDecider, ARCHIVE, closed, context);
    return closed;
  }

  /** Always refused, and recorded: what is younger than its time or held may not go, and this version removes nothing. */
  async remove(context: CommandContext, number: number): Promise<never> {
    const segment = await this.get(number);
    const resource = segmentResource(number);
    const retention = await this.retention.now();
    const holds = await this.holds.inForce();
    let until = 0 as Micros;
    const holding = new Set<Hold>();
    for await (const event of eventsOfStream(await this.open(segment))) {
      until = Math.max(until, keptUntil(retention, event)) as Micros;
      for (const hold of holds) if (concerns(hold, event)) holding.add(hold);
    }
    if (holding.size > 0)
      return this.policy.refuse(context, {
        action: 'archive:write',
        code: 'removal-under-hold',
        message: held([...holding]).refusal.message,
        resource,
      });
    if (context.now < until)
      return this.policy.refuse(context, {
        action: 'archive:write',
        code: 'retention-not-over',
        message: `segment ${number} holds records that are kept until ${toIso(until)}: nobody removes them before`,
        resource,
      });
    throw errors.state(
      'removal-not-offered',
      'the time of this segment is over, but this version keeps the running log and its archive whole',
    );
  }

  private async *eventsAfter(
    position: Position,
    before: Micros,
    holds: readonly Hold[],
    refused: (error: unknown) => void,
  ): AsyncGenerator<RecordedEvent> {
    let count = 0;
    for (let from = position; ;) {
      const page = await this.ledger.readAll({ from, limit: PAGE });
      for (const event of page) {
        if (event.recordedAt >= before || count >= MAX_EVENTS) return;
        const holding = holds.filter((hold) => concerns(hold, event));
        if (holding.length > 0) {
          const error = new CustodyError(held(holding).refusal);
          refused(error);
          throw error;
        }
        count += 1;
        yield event;
      }
      if (page.length < PAGE) return;
      from = page.at(-1)!.position;
    }
  }
}

/** Ids are never those of anything else, so that an event which has one is about it, wherever it stands. */
function concerns({ scope }: Hold, event: object): boolean {
  if (scope.kind === 'everything') return true;
  return JSON.stringify(event).includes(scope.kind === 'person' ? scope.userId : scope.modelId);
}

async function firstTwo(lines: AsyncGenerator<Buffer>): Promise<{ lines: readonly Buffer[]; end: boolean }> {
  const taken: Buffer[] = [];
  while (taken.length < 2) {
    const next = await lines.next();
    if (next.done) break;
    taken.push(next.value);
  }
  return { lines: taken, end: taken.at(-1)?.toString().startsWith('{"end"') ?? true };
}

async function* rest(taken: readonly Buffer[], lines: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield* taken;
  yield* lines;
}
