import persistentGrpc from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import type {
  ChangedGroup,
  ConsumeOptions,
  ConsumerGroups,
  GroupConsumer,
  GroupInfo,
  GroupName,
  NewGroup,
} from '../../consumer-groups.js';
import { GroupExists, GroupMissing, InvalidArgument } from '../../errors.js';
import type { GroupCalls } from './group-calls.js';
import { createRequest, deleteRequest, replayRequest, updateRequest } from './requests.js';
import { ResumedConsumer, type Supervision } from './resumed-consumer.js';

const { PersistentSubscriptionsService: service } = persistentGrpc;
const DEFAULT_BUFFER = 10;

type Retrying = <T>(attempt: (before: number) => Promise<T>) => Promise<T>;

/** Persistent subscriptions of EventStoreDB. */
export class EventStoreDbConsumerGroups implements ConsumerGroups {
  private readonly consumers = new Set<GroupConsumer>();

  /** @param supervision is asked for when somebody begins to consume */
  constructor(
    private readonly calls: GroupCalls,
    private readonly retrying: Retrying,
    private readonly supervision: () => Supervision,
  ) {}

  async create(group: NewGroup): Promise<void> {
    const request = createRequest(group);
    await this.retrying(async (before) => {
      await this.calls.checkStream(group.stream);
      // An earlier attempt that was not heard of may have done it.
      await this.calls.ask(service.create, request, group).catch(unless(GroupExists, before > 0));
    });
  }

  async update(group: ChangedGroup): Promise<void> {
    const request = updateRequest(group);
    await this.retrying(() => this.calls.ask(service.update, request, group));
  }

  async delete(group: GroupName): Promise<void> {
    const request = deleteRequest(group);
    await this.retrying(async (before) => {
      await this.calls.ask(service.delete, request, group).catch(unless(GroupMissing, before > 0));
    });
  }

  info(group: GroupName): Promise<GroupInfo> {
    return this.retrying(() => this.calls.info(group));
  }

  list(stream?: string): Promise<readonly GroupInfo[]> {
    return this.retrying(() => this.calls.list(stream));
  }

  async replayParked(group: GroupName): Promise<void> {
    await this.retrying(() => this.calls.ask(service.replayParked, replayRequest(group), group));
  }

  consume(group: GroupName, options: ConsumeOptions = {}): GroupConsumer {
    const { bufferSize = DEFAULT_BUFFER } = options;
    if (!Number.isInteger(bufferSize) || bufferSize < 1)
      throw new InvalidArgument(`A buffer for ${bufferSize} events takes none.`);
    const onClose = (closed: GroupConsumer): boolean => this.consumers.delete(closed);
    const consumer = new ResumedConsumer(this.calls, group, { ...options, bufferSize }, this.supervision(), onClose);
    this.consumers.add(consumer);
    return consumer;
  }

  async close(): Promise<void> {
    await Promise.all([...this.consumers].map((consumer) => consumer.close()));
  }
}

/** Passes over an error of a kind where it is none. */
const unless =
  (kind: abstract new (...args: never[]) => Error, isNone: boolean) =>
  (error: unknown): void => {
    if (!(isNone && error instanceof kind)) throw error;
  };
