import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import type statusPb from '@eventstore/db-client/generated/status_pb.js';
import type streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { START } from '#kernel';
import { appendBytes } from '../checks.js';
import { AccessDenied, EventTooLarge, InvalidArgument, StreamDeleted, WrongExpectedRevision } from '../errors.js';
import type { AppendResult } from '../port.js';
import type { Append } from './append-call.js';
import { Interrupted } from './failures.js';

/** What an answer says of an append: where it stands, or why not. */
export function appendAnswer(response: streamsPb.BatchAppendResp, append: Append): AppendResult | Error {
  const error = response.getError();
  if (error !== undefined) return refusal(error, append);
  const success = response.getSuccess()!;
  const position = success.getPosition();
  return {
    revision: success.hasNoStream() ? -1n : BigInt(success.getCurrentRevision()),
    position:
      position === undefined
        ? START
        : { commit: BigInt(position.getCommitPosition()), prepare: BigInt(position.getPreparePosition()) },
  };
}

function refusal(error: statusPb.Status, { stream, expected, events }: Append): Error {
  const details = error.getDetails();
  const bytes = details?.getValue_asU8() ?? new Uint8Array();
  switch (details?.getTypeName()) {
    case 'event_store.client.WrongExpectedVersion': {
      const conflict = sharedPb.WrongExpectedVersion.deserializeBinary(bytes);
      const actual = conflict.hasCurrentStreamRevision() ? BigInt(conflict.getCurrentStreamRevision()) : 'no_stream';
      return new WrongExpectedRevision(stream, expected, actual);
    }
    case 'event_store.client.StreamDeleted':
      return new StreamDeleted(stream);
    case 'event_store.client.AccessDenied':
      return new AccessDenied(`EventStoreDB does not let these credentials write to ${stream}.`);
    case 'event_store.client.MaximumAppendSizeExceeded': {
      const limit = sharedPb.MaximumAppendSizeExceeded.deserializeBinary(bytes).getMaxappendsize();
      return new EventTooLarge(appendBytes(events), limit);
    }
    case 'event_store.client.BadRequest':
      return badRequest(error.getMessage(), sharedPb.BadRequest.deserializeBinary(bytes).getMessage());
    // Time-outs, "not ready", "too busy": the same append again finds out what became of it.
    default:
      return new Interrupted(error.getMessage());
  }
}

const badRequest = (message: string, reason: string): Error =>
  message === 'BadRequest' ? new InvalidArgument(reason) : new Interrupted(message);
