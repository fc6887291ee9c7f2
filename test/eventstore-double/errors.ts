import type { Metadata, ServerErrorResponse } from '@grpc/grpc-js';
import type { Message } from 'google-protobuf';
import type { Status } from '@eventstore/db-client/generated/status_pb.js';
import type { Expected } from './log-record.js';
import { any, empty, grpc, rpc, shared, streamIdentifier } from './wire.js';

const { status } = grpc;

/** An error as the server puts it on the wire: a status and trailers that name the exception. */
export type WireError = Partial<ServerErrorResponse> & { readonly code: number; readonly details: string };

function wireError(code: number, details: string, trailers: Readonly<Record<string, string>> = {}): WireError {
  const metadata: Metadata = new grpc.Metadata();
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value);
  return { code, details, metadata };
}

export const wireErrors = {
  unavailable: () => wireError(status.UNAVAILABLE, 'Server Is Not Ready'),
  timeout: () => wireError(status.ABORTED, 'Operation timed out'),
  unknown: (message: string) => wireError(status.UNKNOWN, message),
  notLeader: (host: string, port: number) =>
    wireError(status.NOT_FOUND, 'Leader info available', {
      exception: 'not-leader',
      'leader-endpoint-host': host,
      'leader-endpoint-port': String(port),
    }),
  accessDenied: () => wireError(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' }),
  streamDeleted: (stream: string) =>
    wireError(status.FAILED_PRECONDITION, 'Event stream is deleted.', {
      exception: 'stream-deleted',
      'stream-name': encodeURIComponent(stream),
    }),
  appendTooLarge: (limit: number) =>
    wireError(status.INVALID_ARGUMENT, `Maximum Append Size of ${limit} Exceeded.`, {
      exception: 'maximum-append-size-exceeded',
      'maximum-append-size': String(limit),
    }),
  eventTooLarge: (id: string, size: number, limit: number) =>
    wireError(
      status.INVALID_ARGUMENT,
      `Event with Id: ${id}, Size: ${size}, exceeds Maximum Append Event Size of ${limit}.`,
      {
        exception: 'maximum-append-event-size-exceeded',
        'maximum-append-event-size': String(limit),
      },
    ),
  missingMetadata: (property: string) =>
    wireError(status.INVALID_ARGUMENT, `Required Metadata Property ${property} is missing`, {
      exception: 'missing-required-metadata-property',
      'required-metadata-properties': 'type,content-type',
    }),
  noSubscription: (stream: string, group: string) =>
    wireError(status.NOT_FOUND, `Subscription group ${group} on stream ${stream} does not exist.`, {
      exception: 'persistent-subscription-does-not-exist',
      'stream-name': stream,
      'group-name': encodeURIComponent(group),
    }),
  subscriptionExists: (stream: string, group: string) =>
    wireError(status.ALREADY_EXISTS, `Subscription group ${group} on stream ${stream} exists.`, {
      exception: 'persistent-subscription-exists',
      'stream-name': stream,
      'group-name': encodeURIComponent(group),
    }),
  subscriptionDropped: (stream: string, group: string) =>
    wireError(status.CANCELLED, `Subscription group ${group} on stream ${stream} was dropped.`, {
      exception: 'persistent-subscription-dropped',
      'stream-name': stream,
      'group-name': encodeURIComponent(group),
    }),
  maximumSubscribers: (stream: string, group: string) =>
    wireError(status.FAILED_PRECONDITION, `Maximum subscriptions reached for stream ${stream}, group ${group}.`, {
      exception: 'maximum-subscribers-reached',
      'stream-name': stream,
      'group-name': encodeURIComponent(group),
    }),
};

/** In a batch append an error is a `google.rpc.Status` that packs its message. */
function batchStatus(code: number, message: string, typeName: string, details: Message): Status {
  const packed = new any.Any();
  packed.pack(details.serializeBinary(), `event_store.client.${typeName}`);
  const answer = new rpc.Status();
  answer.setCode(code);
  answer.setMessage(message);
  answer.setDetails(packed);
  return answer;
}

export const batchErrors = {
  wrongVersion(expected: Expected, current: number | undefined): Status {
    const details = new shared.WrongExpectedVersion();
    if (current === undefined) details.setCurrentNoStream(empty());
    else details.setCurrentStreamRevision(String(current));
    if (expected === 'any') details.setExpectedAny(empty());
    else if (expected === 'no-stream') details.setExpectedNoStream(empty());
    else if (expected === 'stream-exists') details.setExpectedStreamExists(empty());
    else details.setExpectedStreamPosition(String(expected));
    return batchStatus(status.ALREADY_EXISTS, 'WrongExpectedVersion', 'WrongExpectedVersion', details);
  },
  streamDeleted(stream: string): Status {
    const details = new shared.StreamDeleted();
    details.setStreamIdentifier(streamIdentifier(stream));
    return batchStatus(status.FAILED_PRECONDITION, 'StreamDeleted', 'StreamDeleted', details);
  },
  accessDenied: () => batchStatus(status.PERMISSION_DENIED, 'AccessDenied', 'AccessDenied', new shared.AccessDenied()),
  timeout: () => batchStatus(status.DEADLINE_EXCEEDED, 'Timeout', 'Timeout', new shared.Timeout()),
  tooLarge(limit: number): Status {
    const details = new shared.MaximumAppendSizeExceeded();
    details.setMaxappendsize(limit);
    return batchStatus(status.INVALID_ARGUMENT, 'MaximumAppendSizeExceeded', 'MaximumAppendSizeExceeded', details);
  },
  badRequest(message: string): Status {
    const details = new shared.BadRequest();
    details.setMessage(message);
    return batchStatus(status.INVALID_ARGUMENT, message, 'BadRequest', details);
  },
};
