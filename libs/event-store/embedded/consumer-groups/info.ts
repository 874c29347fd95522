import { ALL } from '../../checks.js';
import type { ConnectedConsumer, GroupInfo, GroupPlace } from '../../consumer-groups.js';
import { positionAt } from '../rows.js';
import type { Consumer } from './consumer.js';
import type { Group } from './group.js';

/** What the port tells of a group. */
export function groupInfo({ definition, counts, all, throughput }: Group): GroupInfo {
  const { stream, group, startFrom, settings } = definition;
  const place = (at: number): GroupPlace => (stream === ALL ? positionAt(at) : BigInt(at));
  const reached = (at: number | undefined): GroupPlace | undefined =>
    at === undefined || at < 0 ? undefined : place(at);
  return {
    stream,
    group,
    startFrom: typeof startFrom === 'string' ? startFrom : place(startFrom),
    settings,
    consumers: all.map(connected),
    delivered: throughput.total,
    waiting: counts.waiting + counts.retries,
    inFlight: counts.outstanding,
    parked: counts.parked,
    read: reached(counts.known),
    checkpoint: reached(counts.checkpointed),
  };
}

const connected = ({ connection, inFlight, freeSlots, throughput }: Consumer): ConnectedConsumer => ({
  user: connection.user,
  from: connection.from,
  connectionName: connection.connectionName,
  inFlight: inFlight.size,
  freeSlots,
  delivered: throughput.total,
});
