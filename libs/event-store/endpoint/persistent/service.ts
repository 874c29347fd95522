import type { ServerDuplexStream, UntypedServiceImplementation } from '@grpc/grpc-js';
import persistentGrpc from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import persistentPb from '@eventstore/db-client/generated/persistent_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import { ALL } from '../../checks.js';
import { GroupFull, GroupRefused } from '../../errors.js';
import type { Consumer } from '../../embedded/consumer-groups/consumer.js';
import type { Group, NackAction } from '../../embedded/consumer-groups/group.js';
import type { Groups } from '../../embedded/consumer-groups/groups.js';
import { idOfUuid } from '../../embedded/consumer-groups/message.js';
import type { Gate } from '../access.js';
import { Outgoing, unary, type OnFault } from '../calls.js';
import { handlerThrew } from '../failures.js';
import type { EventEncoder } from '../wire/event-encoder.js';
import { idOf, streamNameOf } from '../wire/messages.js';
import { subscriptionInfo } from './info.js';
import { createDefinition, ownStreamOf, updateDefinition } from './settings.js';

const { PersistentSubscriptionsService } = persistentGrpc;
const { Action } = persistentPb.ReadReq.Nack;

export const persistentDefinition = {
  ...PersistentSubscriptionsService,
  read: { ...PersistentSubscriptionsService.read, responseSerialize: (bytes: unknown) => bytes as Buffer },
};

const BEFORE_ALL = 'Cannot stop replaying parked message at a negative version.';

type ReadCall = ServerDuplexStream<persistentPb.ReadReq, Buffer>;

/** Requests that name a group do it in one of two ways. */
interface Named {
  getAll?(): sharedPb.Empty | undefined;
  getStreamIdentifier(): sharedPb.StreamIdentifier | undefined;
}

const sourceNameOf = (options: Named): string =>
  options.getAll?.() === undefined ? streamNameOf(options.getStreamIdentifier()) : ALL;

/** `event_store.client.persistent_subscriptions.PersistentSubscriptions`. Administrators manage groups, every key reads them. */
export function persistentService(
  groups: Groups,
  encoder: EventEncoder,
  gate: Gate,
  onFault: OnFault,
): UntypedServiceImplementation {
  return {
    create: unary(onFault, async (request: persistentPb.CreateReq, metadata) => {
      const { name } = gate.administrator(metadata);
      await groups.create(createDefinition(request), name);
      return new persistentPb.CreateResp();
    }),
    update: unary(onFault, async (request: persistentPb.UpdateReq, metadata) => {
      const { name } = gate.administrator(metadata);
      await groups.update(updateDefinition(request), name);
      return new persistentPb.UpdateResp();
    }),
    delete: unary(onFault, async (request: persistentPb.DeleteReq, metadata) => {
      const { name } = gate.administrator(metadata);
      const options = required(request.getOptions());
      const stream = options.getAll() === undefined ? ownStreamOf(options.getStreamIdentifier()) : ALL;
      await groups.delete(stream, options.getGroupName(), name);
      return new persistentPb.DeleteResp();
    }),
    getInfo: unary(onFault, async (request: persistentPb.GetInfoReq, metadata) => {
      gate.user(metadata);
      const options = required(request.getOptions());
      const group = groups.get(sourceNameOf(options), options.getGroupName());
      return new persistentPb.GetInfoResp().setSubscriptionInfo(subscriptionInfo(group));
    }),
    list: unary(onFault, async (request: persistentPb.ListReq, metadata) => {
      gate.user(metadata);
      const forStream = required(request.getOptions()).getListForStream();
      const stream = forStream && (forStream.getAll() ? ALL : streamNameOf(forStream.getStream()));
      return new persistentPb.ListResp().setSubscriptionsList(groups.of(stream).map(subscriptionInfo));
    }),
    replayParked: unary(onFault, async (request: persistentPb.ReplayParkedReq, metadata) => {
      gate.administrator(metadata);
      const options = required(request.getOptions());
      const stopAt = options.hasStopAt() ? Number(options.getStopAt()) : Infinity;
      const [stream, group] = [sourceNameOf(options), options.getGroupName()];
      if (stopAt < 0) throw new GroupRefused(stream, group, BEFORE_ALL);
      await groups.get(stream, group).replayParked(stopAt);
      return new persistentPb.ReplayParkedResp();
    }),
    restartSubsystem: unary(onFault, async (_request: sharedPb.Empty, metadata) => {
      gate.administrator(metadata);
      await groups.restart();
      return new sharedPb.Empty();
    }),
    read: (call: ReadCall) => {
      const out = new Outgoing(call);
      new ConsumerCall(groups, encoder, gate, call, out, onFault);
    },
  };
}

/** A consumer's call: first which group it wants, then what became of the events. */
class ConsumerCall {
  private group: Group | undefined;
  private consumer: Consumer | undefined;

  constructor(
    private readonly groups: Groups,
    private readonly encoder: EventEncoder,
    private readonly gate: Gate,
    private readonly call: ReadCall,
    private readonly out: Outgoing,
    private readonly onFault: OnFault,
  ) {
    call.on('data', (request: persistentPb.ReadReq) => {
      try {
        this.receive(request);
      } catch (error) {
        this.leave();
        out.fail(error, onFault);
      }
    });
    call.on('end', () => {
      this.leave();
      out.end();
    });
    out.whenCancelled(() => this.leave());
    out.whenDrained(() => this.group?.pump());
  }

  private receive(request: persistentPb.ReadReq): void {
    const [options, ack, nack] = [request.getOptions(), request.getAck(), request.getNack()];
    if (this.group === undefined) return this.join(required(options));
    if (ack !== undefined) this.group.ack(ack.getIdsList().map((id) => idOfUuid(idOf(id))));
    else if (nack !== undefined) {
      const ids = nack.getIdsList().map((id) => idOfUuid(idOf(id)));
      this.group.nack(ids, nackAction(nack.getAction()), nack.getReason());
    } else throw handlerThrew();
  }

  private join(options: persistentPb.ReadReq.Options): void {
    const { name } = this.gate.user(this.call.metadata);
    const stream = sourceNameOf(options);
    const group = this.groups.get(stream, options.getGroupName());
    if (group.isFull) throw new GroupFull(stream, options.getGroupName());
    const uuidForm = options.getUuidOption()?.hasString() === true ? 'string' : 'structured';
    this.group = group;
    this.out.write(confirmed(`${stream}::${options.getGroupName()}`));
    const [connectionName] = this.call.metadata.get('connection-name');
    this.consumer = group.connect({
      user: name,
      from: this.call.getPeer(),
      connectionName: connectionName === undefined ? '<unknown>' : String(connectionName),
      bufferSize: options.getBufferSize(),
      isReady: () => !this.out.isBlocked,
      deliver: ({ delivery, retryCount }) =>
        void this.out.write(this.encoder.encode({ ...delivery, retryCount }, uuidForm)),
      drop: (reason) => this.out.fail(reason, this.onFault),
    });
  }

  private leave(): void {
    const { consumer } = this;
    this.consumer = undefined;
    if (consumer !== undefined) this.group?.disconnect(consumer);
  }
}

function confirmed(subscriptionId: string): Buffer {
  const response = new persistentPb.ReadResp();
  const confirmation = new persistentPb.ReadResp.SubscriptionConfirmation().setSubscriptionId(subscriptionId);
  return Buffer.from(response.setSubscriptionConfirmation(confirmation).serializeBinary());
}

function nackAction(action: persistentPb.ReadReq.Nack.Action): NackAction {
  switch (action) {
    case Action.PARK:
      return 'park';
    case Action.SKIP:
      return 'skip';
    case Action.STOP:
      return 'stop';
    case Action.RETRY:
    case Action.UNKNOWN:
      return 'retry';
    default:
      return action satisfies never;
  }
}

function required<T>(options: T | undefined): T {
  if (options === undefined) throw handlerThrew();
  return options;
}
