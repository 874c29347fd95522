import type { MethodDefinition } from '@grpc/grpc-js';
import persistentGrpc from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import type persistentPb from '@eventstore/db-client/generated/persistent_pb.js';
import { ALL } from '../../checks.js';
import type { ConsumeOptions, GroupInfo, GroupName } from '../../consumer-groups.js';
import { GroupMissing, StreamNotFound } from '../../errors.js';
import type { Connection, StreamsClient } from '../connection.js';
import { Interrupted, isServiceError } from '../failures.js';
import type { ReadCalls } from '../read-calls.js';
import { readStream } from '../requests.js';
import { groupFailureOf } from './failures.js';
import { GroupCall } from './group-call.js';
import { infoRequest, listRequest } from './requests.js';
import { groupInfo, groupResponse } from './responses.js';

const { PersistentSubscriptionsService: service } = persistentGrpc;
const DEADLINE_MS = 10_000;
const QUICK_MS = 5_000;

/** The calls of the PersistentSubscriptions service, over the connection that all calls of the store take. */
export class GroupCalls {
  constructor(
    private readonly connection: Connection,
    private readonly reads: ReadCalls,
  ) {}

  /** A call with one answer. @throws Interrupted, and what is refused of the group */
  async ask<Request, Response>(
    { path, requestSerialize, responseDeserialize }: MethodDefinition<Request, Response>,
    request: Request,
    group: GroupName,
    forMs = DEADLINE_MS,
  ): Promise<Response> {
    const client = await this.connection.streams();
    const metadata = this.connection.metadata();
    return new Promise((resolve, reject) => {
      const options = { deadline: Date.now() + forMs };
      client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        metadata,
        options,
        (error, answer) =>
          error === null ? resolve(answer as Response) : reject(this.failure(error, group, client) as Error),
      );
    });
  }

  async info(group: GroupName, forMs = DEADLINE_MS): Promise<GroupInfo> {
    const info = (await this.ask(service.getInfo, infoRequest(group), group, forMs)).getSubscriptionInfo();
    if (info === undefined) throw new GroupMissing(group.stream, group.group);
    return groupInfo(info);
  }

  /** What is asked in passing: an answer comes soon or the connection is no good. */
  quickInfo(group: GroupName): Promise<GroupInfo> {
    return this.info(group, QUICK_MS);
  }

  async list(stream: string | undefined): Promise<GroupInfo[]> {
    try {
      const answer = await this.ask(service.list, listRequest(stream), { stream: stream ?? ALL, group: '' });
      return answer.getSubscriptionsList().map(groupInfo);
    } catch (error) {
      // The stream has none, or, to older servers, nobody has.
      if (error instanceof GroupMissing) return [];
      throw error;
    }
  }

  /** Opens a call that consumes. */
  async open(request: persistentPb.ReadReq, { name }: ConsumeOptions): Promise<GroupCall> {
    const client = await this.connection.streams();
    const metadata = this.connection.metadata();
    if (name !== undefined) metadata.set('connection-name', name);
    const { path, requestSerialize } = service.read;
    const duplex = client.makeBidiStreamRequest(path, requestSerialize, groupResponse, metadata, {});
    return new GroupCall(client, duplex, request);
  }

  /** EventStoreDB says nothing of a stream that was deleted for good: nothing comes of it. @throws StreamDeleted */
  async checkStream(stream: string): Promise<void> {
    if (stream === ALL || stream === '') return;
    try {
      await this.reads.quick(readStream(stream, 'backwards', 'end', 1), stream);
    } catch (error) {
      if (!(error instanceof StreamNotFound)) throw error;
    }
  }

  /** Where the connection is to blame the next call gets another one. */
  failure(error: unknown, group: GroupName, client: StreamsClient | undefined): unknown {
    const failure = groupFailureOf(error, group);
    if (failure instanceof Interrupted && client !== undefined && isServiceError(error)) {
      void this.connection.drop(client, failure.leader);
    }
    return failure;
  }
}
