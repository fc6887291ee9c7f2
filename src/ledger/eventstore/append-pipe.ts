import type { ClientDuplexStream } from '@grpc/grpc-js';
import { ExpectedRevision } from '../port/index.js';
import { batchResult, Written } from './append-result.js';
import { Client, GoogleEmpty, streamIdentifier, StreamsClient, streamsPb, Timestamp, uuid } from './client.js';
import { StoreFailure } from './failure.js';
import { ProposedEvent } from './record.js';

interface Waiting {
  readonly resolve: (written: Written) => void;
  readonly reject: (error: unknown) => void;
}

type BatchCall = ClientDuplexStream<streamsPb.BatchAppendReq, streamsPb.BatchAppendResp>;

/**
 * Many appends over one batch-append call, without waiting for each other. When the call ends, all that
 * wait learn that their outcome is unknown, and the next append opens another.
 */
export class AppendPipe {
  private readonly waiting = new Map<string, Waiting>();
  private sequence = 0;
  /** Those who wait because the call takes no more for now. */
  private full: { readonly wait: Promise<void>; readonly over: () => void } | undefined;
  private lost: unknown;

  private constructor(private readonly call: BatchCall) {}

  static async open(client: Client, gone: () => void): Promise<AppendPipe> {
    const call = await client.open(StreamsClient, (stub, metadata, options) => stub.batchAppend(metadata, options));
    const pipe = new AppendPipe(call);
    call.on('data', (response: streamsPb.BatchAppendResp) => pipe.answered(response));
    call.on('drain', () => pipe.drained());
    const lost = (error: unknown): void => {
      gone();
      pipe.fail(error);
    };
    call.on('error', lost);
    call.on('end', () => lost(new StoreFailure('unreachable', 'the event store ended the call')));
    call.on('close', () => lost(new StoreFailure('unreachable', 'the connection broke')));
    return pipe;
  }

  async append(
    stream: string,
    events: readonly ProposedEvent[],
    expected: ExpectedRevision,
    limitMs: number,
  ): Promise<Written> {
    while (this.full) await this.full.wait;
    if (this.lost) throw this.lost as Error;
    const id = correlation(this.sequence++);
    const answer = new Promise<Written>((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    if (!this.call.write(request(id, stream, events, expected, limitMs)) && !this.full) {
      const { promise: wait, resolve: over } = Promise.withResolvers<void>();
      this.full = { wait, over };
    }
    return answer;
  }

  private answered(response: streamsPb.BatchAppendResp): void {
    const id = response.getCorrelationId()?.getString() ?? '';
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    const result = batchResult(response);
    if (result instanceof StoreFailure) waiting?.reject(result);
    else waiting?.resolve(result);
  }

  private drained(): void {
    this.full?.over();
    this.full = undefined;
  }

  private fail(error: unknown): void {
    this.lost ??= error;
    this.drained();
    const lost = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of lost) reject(error);
  }
}

/** Unique within its call is enough. */
const correlation = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

function request(
  id: string,
  stream: string,
  events: readonly ProposedEvent[],
  expected: ExpectedRevision,
  limitMs: number,
): streamsPb.BatchAppendReq {
  const options = new streamsPb.BatchAppendReq.Options();
  options.setStreamIdentifier(streamIdentifier(stream));
  options.setDeadline(Timestamp.fromDate(new Date(Date.now() + limitMs)));
  if (expected === 'any') options.setAny(new GoogleEmpty());
  else if (expected === 'none') options.setNoStream(new GoogleEmpty());
  else if (expected === 'exists') options.setStreamExists(new GoogleEmpty());
  else options.setStreamPosition(String(expected));
  const message = new streamsPb.BatchAppendReq();
  message.setCorrelationId(uuid(id));
  message.setOptions(options);
  for (const event of events) message.addProposedMessages(proposed(event));
  message.setIsFinal(true);
  return message;
}

function proposed(event: ProposedEvent): streamsPb.BatchAppendReq.ProposedMessage {
  const message = new streamsPb.BatchAppendReq.ProposedMessage();
  message.setId(uuid(event.id));
  message.getMetadataMap().set('type', event.type).set('content-type', 'application/json');
  message.setData(event.data);
  message.setCustomMetadata(event.metadata);
  return message;
}
