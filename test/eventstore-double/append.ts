import type * as Grpc from '@grpc/grpc-js';
import type * as Pb from '@eventstore/db-client/generated/streams_pb.js';
import { type WireError, wireErrors } from './errors.js';
import type { Faults } from './faults.js';
import type { EventLog } from './log.js';
import type { AppendOutcome, Expected, Proposed } from './log-record.js';
import { empty, streamName, streams, uuidText } from './wire.js';

export interface AppendLimits {
  readonly maxAppendBytes: number;
  readonly maxEventBytes: number;
}

export interface AppendContext {
  readonly log: EventLog;
  readonly faults: Faults;
  readonly limits: AppendLimits;
}

type ExpectedOptions = Pb.AppendReq.Options | Pb.DeleteReq.Options | Pb.TombstoneReq.Options;

export function expectedOf(options: ExpectedOptions | undefined): Expected {
  if (options?.hasNoStream()) return 'no-stream';
  if (options?.hasStreamExists()) return 'stream-exists';
  if (options?.hasRevision()) return Number(options.getRevision());
  return 'any';
}

type ProposedMessage = Pb.AppendReq.ProposedMessage | Pb.BatchAppendReq.ProposedMessage;

export function proposedOf(message: ProposedMessage): Proposed | WireError {
  const metadata = message.getMetadataMap();
  const [type, contentType] = [metadata.get('type'), metadata.get('content-type')];
  if (type === undefined) return wireErrors.missingMetadata('type');
  if (contentType === undefined) return wireErrors.missingMetadata('content-type');
  return {
    id: uuidText(message.getId()),
    type,
    isJson: contentType === 'application/json',
    data: Buffer.from(message.getData_asU8()),
    metadata: Buffer.from(message.getCustomMetadata_asU8()),
  };
}

export const isWireError = (value: object): value is WireError => 'code' in value;

export function tooLarge(events: readonly Proposed[], limits: AppendLimits): WireError | undefined {
  let total = 0;
  for (const { id, data, metadata } of events) {
    const size = data.length + metadata.length;
    if (size > limits.maxEventBytes) return wireErrors.eventTooLarge(id, size, limits.maxEventBytes);
    total += size;
  }
  return total > limits.maxAppendBytes ? wireErrors.appendTooLarge(limits.maxAppendBytes) : undefined;
}

/** `Append`: one call an append. A wrong version is answered in band. */
export function appendHandler({ log, faults, limits }: AppendContext) {
  return (
    call: Grpc.ServerReadableStream<Pb.AppendReq, Pb.AppendResp>,
    callback: Grpc.sendUnaryData<Pb.AppendResp>,
  ): void => {
    let options: Pb.AppendReq.Options | undefined;
    const events: Proposed[] = [];
    let failure: WireError | undefined;
    call.on('data', (request: Pb.AppendReq) => {
      if (request.hasOptions()) options = request.getOptions();
      const message = request.getProposedMessage();
      const event = message && proposedOf(message);
      if (event && isWireError(event)) failure ??= event;
      else if (event) events.push(event);
    });
    call.on('error', () => undefined);
    call.on('end', () => void answer());

    async function answer(): Promise<void> {
      const refused = (await faults.enter(call.metadata)) ?? failure ?? tooLarge(events, limits);
      if (refused) return callback(refused);
      if (faults.take('timedOutAppends')) return callback(wireErrors.timeout());
      const stream = streamName(options?.getStreamIdentifier());
      const expected = expectedOf(options);
      const outcome = log.append(stream, events, expected);
      if (!faults.take('lostAnswers')) return reply(callback, unaryAnswer(stream, expected, outcome));
      if (faults.lostAnswerAs === 'unavailable') callback(wireErrors.unavailable());
      else if (faults.lostAnswerAs === 'timeout') callback(wireErrors.timeout());
      else if (faults.lostAnswerAs === 'connection') faults.dropConnections();
    }
  };
}

function reply(callback: Grpc.sendUnaryData<Pb.AppendResp>, answer: WireError | Pb.AppendResp): void {
  if ('code' in answer) callback(answer);
  else callback(null, answer);
}

function unaryAnswer(stream: string, expected: Expected, outcome: AppendOutcome): WireError | Pb.AppendResp {
  const response = new streams.AppendResp();
  if (outcome.kind === 'deleted') return wireErrors.streamDeleted(stream);
  if (outcome.kind === 'wrong-version') {
    response.setWrongExpectedVersion(wrongVersion(expected, outcome.current));
    return response;
  }
  const success = new streams.AppendResp.Success();
  if (outcome.revision === undefined) success.setNoStream(empty());
  else success.setCurrentRevision(String(outcome.revision));
  if (outcome.kind === 'done') {
    const position = new streams.AppendResp.Position();
    position.setCommitPosition(String(outcome.position));
    position.setPreparePosition(String(outcome.position));
    success.setPosition(position);
  } else success.setNoPosition(empty());
  response.setSuccess(success);
  return response;
}

function wrongVersion(expected: Expected, current: number | undefined): Pb.AppendResp.WrongExpectedVersion {
  const wrong = new streams.AppendResp.WrongExpectedVersion();
  if (current === undefined) wrong.setCurrentNoStream(empty());
  else wrong.setCurrentRevision(String(current)).setCurrentRevision2060(current);
  if (expected === 'any') wrong.setExpectedAny(empty()).setAny2060(empty());
  else if (expected === 'no-stream') wrong.setExpectedNoStream(empty()).setNoStream2060(empty());
  else if (expected === 'stream-exists') wrong.setExpectedStreamExists(empty()).setStreamExists2060(empty());
  else wrong.setExpectedRevision(String(expected)).setExpectedRevision2060(expected);
  return wrong;
}
