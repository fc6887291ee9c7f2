import { createRequire } from 'node:module';
import { Duplex, Readable, Writable } from 'node:stream';
import { EventStoreDBClient } from '@eventstore/db-client';
import type { CallOptions, Channel, Client as Stub, Metadata } from '@grpc/grpc-js';
import persistentService from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import persistentPb from '@eventstore/db-client/generated/persistent_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type * as EmptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import type * as TimestampPb from 'google-protobuf/google/protobuf/timestamp_pb.js';

// The only file that knows the client library. It manages channels, discovery, TLS and leader changes; what
// this adapter sends over them are the library's own protocol messages, for three reasons found by trial:
// the library's batch append ends in unhandled rejections when a connection breaks under load, its reads
// have no filter and leak the call when a reader stops early, and it cuts the server's time to milliseconds.

export { persistentPb, sharedPb, streamsPb };
export {
  eventTypeFilter,
  persistentSubscriptionToAllSettingsFromDefaults,
  START as FROM_START,
  END as FROM_END,
  streamNameFilter,
  UNBOUNDED,
} from '@eventstore/db-client';
export type { PersistentSubscriptionToAllSettings } from '@eventstore/db-client';

export const { StreamsClient, StreamsService } = streamsService;
export const { PersistentSubscriptionsClient } = persistentService;

// The library's own copy of what the batch append's messages are made of.
const ofLibrary = createRequire(createRequire(import.meta.url).resolve('@eventstore/db-client'));
export const { Empty: GoogleEmpty } = ofLibrary('google-protobuf/google/protobuf/empty_pb.js') as typeof EmptyPb;
export const { Timestamp } = ofLibrary('google-protobuf/google/protobuf/timestamp_pb.js') as typeof TimestampPb;

type StubConstructor<S extends Stub> = new (...parameters: ConstructorParameters<typeof StreamsClient>) => S;

/** What the library keeps from its users but not from its subclasses. */
interface Inner {
  GRPCStreamCreator<S extends Stub, T extends Readable | Writable | Duplex>(
    stub: StubConstructor<S>,
    name: string,
    creator: (stub: S) => T,
  ): () => Promise<T>;
  callArguments(options: { requiresLeader?: boolean }, call: CallOptions): [Metadata, CallOptions];
  supports(method: unknown): Promise<boolean>;
}

/** One generation of the client. When it is stuck, the connection makes the next one. */
export class Client {
  readonly api: EventStoreDBClient;
  private channel: Channel | undefined;

  constructor(connectionString: string) {
    this.api = EventStoreDBClient.connectionString(connectionString);
  }

  /** A streaming call; when it fails, the library looks for another node or follows to the leader. */
  open<S extends Stub, T extends Readable | Writable | Duplex>(
    stub: StubConstructor<S>,
    start: (stub: S, metadata: Metadata, options: CallOptions) => T,
  ): Promise<T> {
    return this.inner.GRPCStreamCreator(stub, 'custody', (made) => {
      this.channel = made.getChannel() as Channel;
      return start(made, ...this.inner.callArguments({ requiresLeader: true }, { deadline: Infinity }));
    })();
  }

  supportsBatchAppend(): Promise<boolean> {
    return this.inner.supports(StreamsService.batchAppend);
  }

  /** Ends every call and lets go of the sockets. */
  async close(): Promise<void> {
    await this.api.dispose();
    this.channel?.close();
  }

  private get inner(): Inner {
    return this.api as unknown as Inner;
  }
}

export const streamIdentifier = (name: string): sharedPb.StreamIdentifier => {
  const identifier = new sharedPb.StreamIdentifier();
  identifier.setStreamName(Buffer.from(name));
  return identifier;
};

export const uuid = (id: string): sharedPb.UUID => {
  const message = new sharedPb.UUID();
  message.setString(id);
  return message;
};
