import type * as Grpc from '@grpc/grpc-js';
import type * as Pb from '@eventstore/db-client/generated/streams_pb.js';
import { expectedOf } from './append.js';
import { type WireError, wireErrors } from './errors.js';
import type { Faults } from './faults.js';
import type { EventLog } from './log.js';
import type { Expected, LogRecord } from './log-record.js';
import { grpc, streamName, streams } from './wire.js';

/** `Delete` and `Tombstone`. Their wrong version comes as an exception, not in band. */
export function deleteHandlers(log: EventLog, faults: Faults) {
  const remove = (options: Pb.DeleteReq.Options | Pb.TombstoneReq.Options, forever: boolean): LogRecord | WireError => {
    const stream = streamName(options.getStreamIdentifier());
    if (log.isTombstoned(stream)) return wireErrors.streamDeleted(stream);
    const [expected, current] = [expectedOf(options), log.currentRevision(stream)];
    if (typeof expected === 'number' && expected !== current) return wrongVersion(stream, expected, current);
    return forever ? log.tombstone(stream) : log.softDelete(stream);
  };

  return {
    delete: (call: Grpc.ServerUnaryCall<Pb.DeleteReq, Pb.DeleteResp>, callback: Grpc.sendUnaryData<Pb.DeleteResp>) => {
      void faults.enter(call.metadata).then((refused) => {
        const result = refused ?? remove(call.request.getOptions()!, false);
        if ('code' in result) return callback(result);
        const position = new streams.DeleteResp.Position();
        position.setCommitPosition(String(result.position));
        position.setPreparePosition(String(result.position));
        callback(null, new streams.DeleteResp().setPosition(position));
      });
    },
    tombstone: (
      call: Grpc.ServerUnaryCall<Pb.TombstoneReq, Pb.TombstoneResp>,
      callback: Grpc.sendUnaryData<Pb.TombstoneResp>,
    ) => {
      void faults.enter(call.metadata).then((refused) => {
        const result = refused ?? remove(call.request.getOptions()!, true);
        if ('code' in result) return callback(result);
        const position = new streams.TombstoneResp.Position();
        position.setCommitPosition(String(result.position));
        position.setPreparePosition(String(result.position));
        callback(null, new streams.TombstoneResp().setPosition(position));
      });
    },
  };
}

function wrongVersion(stream: string, expected: Expected, current: number | undefined): WireError {
  const metadata = new grpc.Metadata();
  metadata.set('exception', 'wrong-expected-version');
  metadata.set('stream-name', encodeURIComponent(stream));
  metadata.set('expected-version', String(expected));
  if (current !== undefined) metadata.set('actual-version', String(current));
  return { code: grpc.status.FAILED_PRECONDITION, details: 'WrongExpectedVersion', metadata };
}
