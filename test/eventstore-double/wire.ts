import { createRequire } from 'node:module';
import type * as Grpc from '@grpc/grpc-js';
import type * as Gossip from '@eventstore/db-client/generated/gossip_pb.js';
import type * as GossipService from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import type * as Persistent from '@eventstore/db-client/generated/persistent_pb.js';
import type * as PersistentService from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import type * as Features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type * as FeaturesService from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import type * as Shared from '@eventstore/db-client/generated/shared_pb.js';
import type * as Status from '@eventstore/db-client/generated/status_pb.js';
import type * as Streams from '@eventstore/db-client/generated/streams_pb.js';
import type * as StreamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type * as AnyMessage from 'google-protobuf/google/protobuf/any_pb.js';
import type * as EmptyMessage from 'google-protobuf/google/protobuf/empty_pb.js';

// Everything is resolved from the client's own package, so that the double speaks exactly its protocol.
const here = createRequire(import.meta.url);
const client = createRequire(here.resolve('@eventstore/db-client'));

export const grpc = client('@grpc/grpc-js') as typeof Grpc;
export const shared = client('../generated/shared_pb.js') as typeof Shared;
export const streams = client('../generated/streams_pb.js') as typeof Streams;
export const persistent = client('../generated/persistent_pb.js') as typeof Persistent;
export const gossip = client('../generated/gossip_pb.js') as typeof Gossip;
export const features = client('../generated/serverfeatures_pb.js') as typeof Features;
export const rpc = client('../generated/status_pb.js') as typeof Status;
export const any = client('google-protobuf/google/protobuf/any_pb.js') as typeof AnyMessage;
const emptyMessage = client('google-protobuf/google/protobuf/empty_pb.js') as typeof EmptyMessage;

export const services = {
  streams: (client('../generated/streams_grpc_pb.js') as typeof StreamsService).StreamsService,
  persistent: (client('../generated/persistent_grpc_pb.js') as typeof PersistentService).PersistentSubscriptionsService,
  gossip: (client('../generated/gossip_grpc_pb.js') as typeof GossipService).GossipService,
  features: (client('../generated/serverfeatures_grpc_pb.js') as typeof FeaturesService).ServerFeaturesService,
};

/** The largest 64-bit position and revision: "none" on the wire. */
export const LONG_MAX = '9223372036854775807';
export const ULONG_MAX = '18446744073709551615';

export const empty = (): Shared.Empty => new shared.Empty();

export const googleEmpty = (): EmptyMessage.Empty => new emptyMessage.Empty();

export const allPosition = (position: number): Shared.AllStreamPosition => {
  const message = new shared.AllStreamPosition();
  message.setCommitPosition(String(position));
  message.setPreparePosition(String(position));
  return message;
};

export const streamIdentifier = (name: string): Shared.StreamIdentifier => {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(name));
  return identifier;
};

export const streamName = (identifier: Shared.StreamIdentifier | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString();

export const uuid = (id: string): Shared.UUID => {
  const message = new shared.UUID();
  message.setString(id);
  return message;
};

export const uuidText = (message: Shared.UUID | undefined): string => {
  const structured = message?.getStructured();
  if (!structured) return message?.getString() ?? '';
  const bytes = Buffer.alloc(16);
  bytes.writeBigInt64BE(BigInt.asIntN(64, BigInt(structured.getMostSignificantBits())), 0);
  bytes.writeBigInt64BE(BigInt.asIntN(64, BigInt(structured.getLeastSignificantBits())), 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};
