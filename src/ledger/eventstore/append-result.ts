import { sharedPb, streamsPb } from './client.js';
import { StoreFailure } from './failure.js';

/** What the server says about an append that it took: no promise yet that the position is the last event's. */
export interface Written {
  readonly revision: number;
  /** Absent when the server names none that can be used. */
  readonly position: number | undefined;
}

export function batchResult(response: streamsPb.BatchAppendResp): Written | StoreFailure {
  const success = response.getSuccess();
  if (!success) return batchFailure(response);
  const position = success.getPosition();
  return {
    revision: Number(success.getCurrentRevision()),
    position: usable(position?.getCommitPosition(), position?.getPreparePosition()),
  };
}

function usable(commit: string | undefined, prepare: string | undefined): number | undefined {
  const position = Number(commit);
  return commit === prepare && Number.isSafeInteger(position) ? position : undefined;
}

/** In a batch append an error is a message within the status, told apart by its name. */
function batchFailure(response: streamsPb.BatchAppendResp): StoreFailure {
  const status = response.getError();
  const details = status?.getDetails();
  switch (details?.getTypeName()) {
    case 'event_store.client.WrongExpectedVersion': {
      const wrong = sharedPb.WrongExpectedVersion.deserializeBinary(details.getValue_asU8());
      const actual = wrong.hasCurrentStreamRevision() ? Number(wrong.getCurrentStreamRevision()) : 'none';
      return new StoreFailure('wrong-version', 'the stream is not at the expected revision', actual);
    }
    case 'event_store.client.StreamDeleted':
      return new StoreFailure('stream-deleted', 'the stream has been deleted');
    case 'event_store.client.AccessDenied':
      return new StoreFailure('denied', "the event store refuses Custody's account");
    case 'event_store.client.MaximumAppendSizeExceeded':
      return new StoreFailure('too-large', 'the event store takes no append of this size');
    case 'event_store.client.BadRequest':
      return new StoreFailure('refused', 'the event store refuses the append');
    default:
      // A time-out, or something that went wrong on the way: it may have been written or not.
      return new StoreFailure('unreachable', 'the event store does not say what became of the append');
  }
}
