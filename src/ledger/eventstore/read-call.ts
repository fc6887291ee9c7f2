import type { ClientReadableStream } from '@grpc/grpc-js';
import { Client, sharedPb, streamIdentifier, StreamsClient, streamsPb } from './client.js';
import { StoreFailure } from './failure.js';
import { Inbox } from './inbox.js';

export type ReadOptions = streamsPb.ReadReq.Options;

/** One read or subscription under way. */
export class ReadCall {
  private constructor(
    private readonly call: ClientReadableStream<streamsPb.ReadResp>,
    private readonly inbox: Inbox<streamsPb.ReadResp>,
  ) {}

  static async open(client: Client, options: ReadOptions, buffer: number): Promise<ReadCall> {
    const request = new streamsPb.ReadReq();
    request.setOptions(options);
    const call = await client.open(StreamsClient, (stub, metadata, rest) => stub.read(request, metadata, rest));
    const inbox = new Inbox<streamsPb.ReadResp>(buffer, call, weight);
    call.on('data', (response: streamsPb.ReadResp) => inbox.push(response));
    call.on('error', (error) => inbox.fail(error));
    call.on('end', () => inbox.end());
    call.on('close', () => inbox.fail(new StoreFailure('unreachable', 'the connection broke')));
    return new ReadCall(call, inbox);
  }

  /** Nothing more has arrived than was taken. */
  get drained(): boolean {
    return this.inbox.empty;
  }

  take(max: number): Promise<readonly streamsPb.ReadResp[] | undefined> {
    return this.inbox.take(max);
  }

  /** Ends the call; whoever waits for more learns that it has ended. */
  cancel(): void {
    this.inbox.end();
    this.call.cancel();
  }
}

const SLOT_BYTES = 4096;

/** Large events take the room of many small ones. */
const weight = (response: streamsPb.ReadResp): number =>
  1 + Math.floor((response.getEvent()?.getEvent()?.getData_asU8().length ?? 0) / SLOT_BYTES);

export const empty = (): sharedPb.Empty => new sharedPb.Empty();

const BACKWARDS = streamsPb.ReadReq.Options.ReadDirection.BACKWARDS;
const FORWARDS = streamsPb.ReadReq.Options.ReadDirection.FORWARDS;

export type Direction = 'forwards' | 'backwards';

/** A page of one stream, from a revision, inclusive. */
export function streamPage(stream: string, from: number | undefined, direction: Direction, count: number): ReadOptions {
  const place = new streamsPb.ReadReq.Options.StreamOptions();
  place.setStreamIdentifier(streamIdentifier(stream));
  if (from !== undefined) place.setRevision(String(from));
  else if (direction === 'backwards') place.setEnd(empty());
  else place.setStart(empty());
  const options = common(direction, count);
  options.setStream(place);
  options.setNoFilter(empty());
  return options;
}

/** A page of the log. Forwards the server begins with the event at the position, backwards with the one before it. */
export function allPage(
  from: number | undefined,
  direction: Direction,
  count: number,
  filter: EventFilter,
): ReadOptions {
  const options = common(direction, count);
  options.setAll(placeInAll(from, direction));
  options.setFilter(filterOptions(filter));
  return options;
}

/** The log after a position, and all that comes. */
export function allFrom(after: number | undefined, filter: EventFilter): ReadOptions {
  const options = new streamsPb.ReadReq.Options();
  options.setAll(placeInAll(after, 'forwards'));
  options.setSubscription(new streamsPb.ReadReq.Options.SubscriptionOptions());
  options.setUuidOption(textIds());
  options.setFilter(filterOptions(filter));
  return options;
}

/** Either on the type by a regular expression, or on the beginning of the stream's name. */
export type EventFilter = { readonly typeRegex: string } | { readonly streamPrefixes: readonly string[] };

const SEARCH_WINDOW = 1000;

function filterOptions(filter: EventFilter): streamsPb.ReadReq.Options.FilterOptions {
  const expression = new streamsPb.ReadReq.Options.FilterOptions.Expression();
  const options = new streamsPb.ReadReq.Options.FilterOptions();
  if ('typeRegex' in filter) options.setEventType(expression.setRegex(filter.typeRegex));
  else options.setStreamIdentifier(expression.setPrefixList([...filter.streamPrefixes]));
  options.setMax(SEARCH_WINDOW);
  options.setCheckpointintervalmultiplier(1);
  return options;
}

function placeInAll(at: number | undefined, direction: Direction): streamsPb.ReadReq.Options.AllOptions {
  const place = new streamsPb.ReadReq.Options.AllOptions();
  if (at !== undefined) {
    const position = new streamsPb.ReadReq.Options.Position();
    position.setCommitPosition(String(at));
    position.setPreparePosition(String(at));
    place.setPosition(position);
  } else if (direction === 'backwards') place.setEnd(empty());
  else place.setStart(empty());
  return place;
}

function common(direction: Direction, count: number): ReadOptions {
  const options = new streamsPb.ReadReq.Options();
  options.setReadDirection(direction === 'backwards' ? BACKWARDS : FORWARDS);
  options.setCount(String(count));
  options.setUuidOption(textIds());
  return options;
}

function textIds(): streamsPb.ReadReq.Options.UUIDOption {
  const option = new streamsPb.ReadReq.Options.UUIDOption();
  option.setString(empty());
  return option;
}
