import persistentPb from '@eventstore/db-client/generated/persistent_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import type { Position } from '#kernel';
import { ALL } from '../../checks.js';
import {
  DEFAULT_GROUP_SETTINGS,
  type ChangedGroup,
  type GroupFilter,
  type GroupName,
  type GroupNack,
  type GroupSettings,
  type GroupStart,
  type NewGroup,
} from '../../consumer-groups.js';
import { InvalidArgument } from '../../errors.js';
import { streamIdentifier } from '../requests.js';

const { CreateReq, UpdateReq, DeleteReq, GetInfoReq, ListReq, ReplayParkedReq, ReadReq } = persistentPb;
const { Action } = ReadReq.Nack;
const empty = (): sharedPb.Empty => new sharedPb.Empty();

export function createRequest({ stream, group, startFrom, filter, settings }: NewGroup): persistentPb.CreateReq {
  const options = new CreateReq.Options().setGroupName(group);
  const chosen = { ...DEFAULT_GROUP_SETTINGS, ...settings };
  options.setSettings(settingsOf(new CreateReq.Settings().setConsumerStrategy(chosen.strategy), chosen));
  if (stream === ALL) {
    const all = new CreateReq.AllOptions();
    setStart(all, startFrom, (position) => all.setPosition(positioned(new CreateReq.Position(), position)));
    options.setAll(filter === undefined ? all.setNoFilter(empty()) : all.setFilter(filterMessage(filter)));
  } else {
    if (filter !== undefined) throw new InvalidArgument('Only groups on $all have a filter.');
    const source = new CreateReq.StreamOptions().setStreamIdentifier(streamIdentifier(stream));
    setStart(source, startFrom, ({ commit }) => source.setRevision(String(checkedPlace(commit))));
    options.setStream(source);
  }
  return new CreateReq().setOptions(options);
}

export function updateRequest({ stream, group, startFrom, settings }: ChangedGroup): persistentPb.UpdateReq {
  const options = new UpdateReq.Options().setGroupName(group);
  const chosen = { ...DEFAULT_GROUP_SETTINGS, ...settings };
  options.setSettings(settingsOf(new UpdateReq.Settings().setNamedConsumerStrategy(numberOf(chosen.strategy)), chosen));
  if (stream === ALL) {
    const all = new UpdateReq.AllOptions();
    setStart(all, startFrom, (position) => all.setPosition(positioned(new UpdateReq.Position(), position)));
    options.setAll(all);
  } else {
    const source = new UpdateReq.StreamOptions().setStreamIdentifier(streamIdentifier(stream));
    setStart(source, startFrom, ({ commit }) => source.setRevision(String(checkedPlace(commit))));
    options.setStream(source);
  }
  return new UpdateReq().setOptions(options);
}

/** An update names the strategy by a number, of which the newest strategy has none. */
function numberOf(strategy: GroupSettings['strategy']): persistentPb.UpdateReq.ConsumerStrategy {
  const number = (['DispatchToSingle', 'RoundRobin', 'Pinned'] as const).indexOf(strategy as 'Pinned');
  if (number < 0) throw new InvalidArgument(`EventStoreDB cannot change a group to the strategy ${strategy}.`);
  return number as persistentPb.UpdateReq.ConsumerStrategy;
}

/** Messages that name a group and nothing else. */
function named<Options extends NamesGroup>(options: Options, { stream, group }: GroupName): Options {
  options.setGroupName(group);
  if (stream === ALL) options.setAll(empty());
  else options.setStreamIdentifier(streamIdentifier(stream));
  return options;
}

interface NamesGroup {
  setGroupName(group: string): unknown;
  setAll(empty: sharedPb.Empty): unknown;
  setStreamIdentifier(stream: sharedPb.StreamIdentifier): unknown;
}

export const deleteRequest = (group: GroupName): persistentPb.DeleteReq =>
  new DeleteReq().setOptions(named(new DeleteReq.Options(), group));

export const infoRequest = (group: GroupName): persistentPb.GetInfoReq =>
  new GetInfoReq().setOptions(named(new GetInfoReq.Options(), group));

export const replayRequest = (group: GroupName): persistentPb.ReplayParkedReq =>
  new ReplayParkedReq().setOptions(named(new ReplayParkedReq.Options().setNoLimit(empty()), group));

export function listRequest(stream: string | undefined): persistentPb.ListReq {
  const options = new ListReq.Options();
  if (stream === undefined) return new ListReq().setOptions(options.setListAllSubscriptions(empty()));
  const of = new ListReq.StreamOption();
  if (stream === ALL) of.setAll(empty());
  else of.setStream(streamIdentifier(stream));
  return new ListReq().setOptions(options.setListForStream(of));
}

/** Ids as text. */
export function consumeRequest(group: GroupName, bufferSize: number): persistentPb.ReadReq {
  const options = named(new ReadReq.Options(), group).setBufferSize(bufferSize);
  return new ReadReq().setOptions(options.setUuidOption(new ReadReq.Options.UUIDOption().setString(empty())));
}

const uuids = (ids: readonly string[]): sharedPb.UUID[] => ids.map((id) => new sharedPb.UUID().setString(id));

export const ackRequest = (ids: readonly string[]): persistentPb.ReadReq =>
  new ReadReq().setAck(new ReadReq.Ack().setIdsList(uuids(ids)));

const ACTIONS = { park: Action.PARK, retry: Action.RETRY, skip: Action.SKIP } as const;

export const nackRequest = (ids: readonly string[], action: GroupNack, reason: string): persistentPb.ReadReq =>
  new ReadReq().setNack(new ReadReq.Nack().setIdsList(uuids(ids)).setAction(ACTIONS[action]).setReason(reason));

function settingsOf<Settings extends persistentPb.CreateReq.Settings | persistentPb.UpdateReq.Settings>(
  message: Settings,
  chosen: GroupSettings,
): Settings {
  message
    .setResolveLinks(chosen.resolveLinks)
    .setExtraStatistics(chosen.extraStatistics)
    .setMessageTimeoutMs(chosen.messageTimeoutMs)
    .setMaxRetryCount(chosen.maxRetryCount)
    .setCheckpointAfterMs(chosen.checkpointAfterMs)
    .setMinCheckpointCount(chosen.minCheckpointCount)
    .setMaxCheckpointCount(chosen.maxCheckpointCount)
    .setMaxSubscriberCount(chosen.maxSubscriberCount)
    .setLiveBufferSize(chosen.liveBufferSize)
    .setReadBatchSize(chosen.readBatchSize)
    .setHistoryBufferSize(chosen.historyBufferSize);
  return message;
}

interface Starting {
  setStart(empty: sharedPb.Empty): unknown;
  setEnd(empty: sharedPb.Empty): unknown;
}

/** @param startAt sets a place in between */
function setStart(options: Starting, startFrom: GroupStart, startAt: (position: Position) => unknown): void {
  if (startFrom === 'start') options.setStart(empty());
  else if (startFrom === 'end') options.setEnd(empty());
  else startAt(typeof startFrom === 'bigint' ? { commit: startFrom, prepare: startFrom } : startFrom);
}

interface PositionMessage {
  setCommitPosition(position: string): unknown;
  setPreparePosition(position: string): unknown;
}

function positioned<Message extends PositionMessage>(message: Message, { commit, prepare }: Position): Message {
  message.setCommitPosition(String(checkedPlace(commit)));
  message.setPreparePosition(String(checkedPlace(prepare)));
  return message;
}

function checkedPlace(place: bigint): bigint {
  if (place < 0n) throw new InvalidArgument(`Place ${place} is negative.`);
  return place;
}

function filterMessage({
  on,
  prefixes = [],
  regex = '',
}: GroupFilter): persistentPb.CreateReq.AllOptions.FilterOptions {
  const { FilterOptions } = CreateReq.AllOptions;
  const expression = new FilterOptions.Expression().setRegex(regex).setPrefixList([...prefixes]);
  const filter = new FilterOptions().setCount(empty()).setCheckpointintervalmultiplier(1);
  return on === 'stream' ? filter.setStreamIdentifier(expression) : filter.setEventType(expression);
}
