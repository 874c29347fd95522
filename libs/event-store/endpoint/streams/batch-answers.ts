import { status } from '@grpc/grpc-js';
import anyPb from 'google-protobuf/google/protobuf/any_pb.js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import codePb from '@eventstore/db-client/generated/code_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import statusPb from '@eventstore/db-client/generated/status_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { EventTooLarge, StreamDeleted, WrongExpectedRevision } from '../../errors.js';
import type { AppendResult } from '../../port.js';
import type { OnFault } from '../calls.js';
import { Failure, failureOf } from '../failures.js';
import { streamIdentifier } from '../wire/messages.js';

type Correlation = sharedPb.UUID | undefined;
const { BatchAppendResp } = streamsPb;
const { Code } = codePb;

export function batchSuccess(
  { revision, position }: AppendResult,
  correlation: Correlation,
  stream: string,
): streamsPb.BatchAppendResp {
  const success = new BatchAppendResp.Success();
  if (revision < 0n) success.setNoStream(new emptyPb.Empty());
  else success.setCurrentRevision(String(revision));
  if (position.commit < 0n) success.setNoPosition(new emptyPb.Empty());
  else {
    success.setPosition(
      new sharedPb.AllStreamPosition()
        .setCommitPosition(String(position.commit))
        .setPreparePosition(String(position.prepare)),
    );
  }
  return answerTo(correlation, stream).setSuccess(success);
}

/** Errors of single appends are messages with a typed detail, which clients make the same errors of as of trailers. */
export function batchError(
  error: unknown,
  correlation: Correlation,
  stream: string,
  onFault: OnFault,
): streamsPb.BatchAppendResp {
  return answerTo(correlation, stream).setError(statusOf(error, onFault));
}

export const timedOut = (correlation: Correlation, stream: string): streamsPb.BatchAppendResp =>
  answerTo(correlation, stream).setError(
    detailed(Code.DEADLINE_EXCEEDED, 'Timeout', 'event_store.client.Timeout', new sharedPb.Timeout()),
  );

const answerTo = (correlation: Correlation, stream: string): streamsPb.BatchAppendResp =>
  new BatchAppendResp().setCorrelationId(correlation).setStreamIdentifier(streamIdentifier(stream));

function statusOf(error: unknown, onFault: OnFault): statusPb.Status {
  if (error instanceof WrongExpectedRevision) return conflict(error);
  const failure = failureOf(error);
  if (failure === undefined) onFault(error);
  const { exception } = failure?.trailers ?? {};
  if (error instanceof StreamDeleted || exception === 'stream-deleted') {
    const stream = error instanceof StreamDeleted ? error.stream : '';
    const detail = new sharedPb.StreamDeleted().setStreamIdentifier(streamIdentifier(stream));
    return detailed(Code.NOT_FOUND, 'StreamDeleted', 'event_store.client.StreamDeleted', detail);
  }
  if (exception === 'access-denied') {
    return detailed(
      Code.PERMISSION_DENIED,
      'AccessDenied',
      'event_store.client.AccessDenied',
      new sharedPb.AccessDenied(),
    );
  }
  if (error instanceof EventTooLarge || exception === 'maximum-append-size-exceeded') return tooLarge(failure!);
  const reason = failure?.details ?? 'Exception was thrown by handler.';
  const detail = new sharedPb.BadRequest().setMessage(reason);
  const code = failure?.code === status.UNAVAILABLE ? Code.UNAVAILABLE : Code.INVALID_ARGUMENT;
  return detailed(code, code === Code.UNAVAILABLE ? reason : 'BadRequest', 'event_store.client.BadRequest', detail);
}

function tooLarge({ trailers }: Failure): statusPb.Status {
  const limit = Number(trailers['maximum-append-size']);
  const detail = new sharedPb.MaximumAppendSizeExceeded().setMaxappendsize(limit);
  const type = 'event_store.client.MaximumAppendSizeExceeded';
  return detailed(Code.INVALID_ARGUMENT, 'MaximumAppendSizeExceeded', type, detail);
}

function conflict({ expected, actual }: WrongExpectedRevision): statusPb.Status {
  const detail = new sharedPb.WrongExpectedVersion();
  if (actual === 'no_stream') detail.setCurrentNoStream(new emptyPb.Empty());
  else detail.setCurrentStreamRevision(String(actual));
  if (expected === 'any') detail.setExpectedAny(new emptyPb.Empty());
  else if (expected === 'stream_exists') detail.setExpectedStreamExists(new emptyPb.Empty());
  else if (expected === 'no_stream') detail.setExpectedNoStream(new emptyPb.Empty());
  else detail.setExpectedStreamPosition(String(expected));
  const type = 'event_store.client.WrongExpectedVersion';
  return detailed(Code.ALREADY_EXISTS, 'WrongExpectedVersion', type, detail);
}

function detailed(
  code: codePb.Code,
  message: string,
  type: string,
  detail: { serializeBinary(): Uint8Array },
): statusPb.Status {
  const any = new anyPb.Any();
  any.pack(detail.serializeBinary(), type);
  return new statusPb.Status().setCode(code).setMessage(message).setDetails(any);
}
