import type * as Grpc from '@grpc/grpc-js';
import type * as Pb from '@eventstore/db-client/generated/streams_pb.js';
import type * as Shared from '@eventstore/db-client/generated/shared_pb.js';
import type { Status } from '@eventstore/db-client/generated/status_pb.js';
import { type AppendContext, isWireError, proposedOf, tooLarge } from './append.js';
import { batchErrors, wireErrors } from './errors.js';
import type { Expected, Proposed } from './log-record.js';
import { allPosition, googleEmpty, streamIdentifier, streamName, streams, uuidText } from './wire.js';

interface Pending {
  readonly correlation: Shared.UUID | undefined;
  readonly options: Pb.BatchAppendReq.Options | undefined;
  readonly events: Proposed[];
  failure: Status | undefined;
}

type BatchCall = Grpc.ServerDuplexStream<Pb.BatchAppendReq, Pb.BatchAppendResp>;

/** `BatchAppend`: many appends over one call, each told apart by its correlation id. */
export function batchAppendHandler(context: AppendContext) {
  const { faults } = context;
  return (call: BatchCall): void => {
    const pending = new Map<string, Pending>();
    call.on('error', () => undefined);
    call.on('end', () => call.end());
    call.on('data', (request: Pb.BatchAppendReq) => {
      const id = uuidText(request.getCorrelationId());
      const batch = pending.get(id) ?? start(request);
      pending.set(id, batch);
      for (const message of request.getProposedMessagesList()) {
        const event = proposedOf(message);
        if (isWireError(event)) batch.failure ??= batchErrors.badRequest(event.details);
        else batch.events.push(event);
      }
      if (!request.getIsFinal()) return;
      pending.delete(id);
      void finish(batch);
    });

    async function finish(batch: Pending): Promise<void> {
      const refused = await faults.enter(call.metadata);
      if (refused) return void call.emit('error', refused);
      const response = answer(context, batch);
      if (!response) return;
      if (!faults.take('lostAnswers')) return void call.write(response);
      if (faults.lostAnswerAs === 'unavailable') call.emit('error', wireErrors.unavailable());
      else if (faults.lostAnswerAs === 'timeout') call.write(failed(batch, batchErrors.timeout()));
      else if (faults.lostAnswerAs === 'connection') faults.dropConnections();
    }
  };
}

const start = (request: Pb.BatchAppendReq): Pending => ({
  correlation: request.getCorrelationId(),
  options: request.getOptions(),
  events: [],
  failure: undefined,
});

function answer({ log, faults, limits }: AppendContext, batch: Pending): Pb.BatchAppendResp {
  if (batch.failure) return failed(batch, batch.failure);
  if (tooLarge(batch.events, limits)) return failed(batch, batchErrors.tooLarge(limits.maxAppendBytes));
  if (faults.take('timedOutAppends')) return failed(batch, batchErrors.timeout());
  const stream = streamName(batch.options?.getStreamIdentifier());
  const expected = expectedOf(batch.options);
  const outcome = log.append(stream, batch.events, expected);
  if (outcome.kind === 'deleted') return failed(batch, batchErrors.streamDeleted(stream));
  if (outcome.kind === 'wrong-version') return failed(batch, batchErrors.wrongVersion(expected, outcome.current));
  const success = new streams.BatchAppendResp.Success();
  if (outcome.revision === undefined) success.setNoStream(googleEmpty());
  else success.setCurrentRevision(String(outcome.revision));
  if (outcome.kind === 'done') success.setPosition(allPosition(outcome.position));
  else success.setNoPosition(googleEmpty());
  const response = about(batch);
  response.setSuccess(success);
  return response;
}

function about(batch: Pending): Pb.BatchAppendResp {
  const response = new streams.BatchAppendResp();
  response.setCorrelationId(batch.correlation);
  response.setStreamIdentifier(streamIdentifier(streamName(batch.options?.getStreamIdentifier())));
  return response;
}

function failed(batch: Pending, error: Status): Pb.BatchAppendResp {
  const response = about(batch);
  response.setError(error);
  return response;
}

function expectedOf(options: Pb.BatchAppendReq.Options | undefined): Expected {
  if (options?.hasNoStream()) return 'no-stream';
  if (options?.hasStreamExists()) return 'stream-exists';
  if (options?.hasStreamPosition()) return Number(options.getStreamPosition());
  return 'any';
}
