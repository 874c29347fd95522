import { verifyChain } from '#audit';
import { positionToken } from '#kernel';
import { byStream, groupedBy, readLog, type WholeLog } from '../../support/log.js';
import type { Answered } from './load.js';

export interface Judgement {
  readonly events: number;
  readonly streams: number;
  readonly settled: number;
  readonly accepted: number;
  /** What does not hold, in words. */
  readonly faults: readonly string[];
}

type Recorded = WholeLog['recorded'][number];

/** Compares what was answered with what stands in the log of a folder, or in the EventStoreDB that is named. */
export async function judgeLog(
  folder: string,
  answers: Iterable<Answered>,
  eventStoreUrl?: string,
): Promise<Judgement> {
  const log = await readLog(folder, eventStoreUrl);
  const faults: string[] = [...brokenChains(log)];
  // Rules that the engine puts on record, and what it does by itself for cases, were asked by nobody; an import answers for itself.
  const byCause = groupedBy(
    log.recorded.filter(({ stream, meta }) => stream.startsWith('case-') && !isNobodys(meta)),
    ({ meta }) => meta.correlationId,
  );
  let accepted = 0;
  for (const answer of answers) {
    const written = byCause.get(answer.order.id) ?? [];
    byCause.delete(answer.order.id);
    if (answer.revision !== undefined) accepted++;
    for (const fault of faultsOf(answer, written, log))
      faults.push(`${answer.order.name} ${answer.order.id}: ${fault}`);
  }
  for (const cause of byCause.keys()) faults.push(`events of ${cause}, which was never answered`);
  return {
    events: log.events.length,
    streams: byStream(log.events).size,
    settled: log.recorded.filter(({ meta }) => meta.command.id === SETTLEMENT).length,
    accepted,
    faults,
  };
}

const SETTLEMENT = 'settlement';

const isNobodys = ({ actor, command, correlationId }: Recorded['meta']): boolean =>
  command.id === SETTLEMENT || actor.role === 'engine' || correlationId.startsWith('import-');

function* brokenChains({ events, recorded }: WholeLog): Generator<string> {
  for (const [stream, own] of byStream(events)) {
    const { faults, foreign } = verifyChain(own);
    for (const { fault, revision } of faults) yield `${stream}@${revision}: ${fault}`;
    for (const revision of foreign) yield `${stream}@${revision}: not ours`;
  }
  const ids = new Set(recorded.map(({ id }) => id));
  if (ids.size !== events.length) yield `${events.length} events have ${ids.size} ids`;
}

/** Each command is there exactly once, whole, where it was said to be; what was refused left nothing. */
function* faultsOf(answer: Answered, written: readonly Recorded[], { epoch }: WholeLog): Generator<string> {
  if (answer.status >= 500) yield `answered ${answer.status} ${answer.code}`;
  if (answer.revision === undefined) {
    if (written.length > 0) yield `refused (${answer.code}), but wrote ${written.length} events`;
    return;
  }
  const last = written.at(-1);
  if (last === undefined) return yield 'acknowledged, but not in the log';
  const commands = new Set(written.map(({ stream, meta }) => `${stream} ${meta.command.id}`));
  if (commands.size !== 1) yield `took effect ${commands.size} times`;
  const gap = written.find((event, at) => event.revision !== written[0]!.revision + at);
  if (gap !== undefined) yield `its events do not stand together (revision ${gap.revision})`;
  if (last.stream !== `case-${answer.caseId}` || last.revision !== answer.revision) {
    yield `said to be at ${answer.caseId} ${answer.revision}, is at ${last.stream} ${last.revision}`;
  }
  const position = positionToken(epoch, last.position);
  if (position !== answer.position) yield `said to be at position ${answer.position}, is at ${position}`;
  const told = JSON.stringify(last.meta.command.result ?? {});
  if (told !== JSON.stringify(answer.result)) yield `told ${JSON.stringify(answer.result)}, recorded ${told}`;
  if (isWithoutClock(written)) yield 'a complaint without its deadline';
}

/** There is no moment at which a complaint exists without its clocks (DESIGN "An append"). */
const isWithoutClock = (written: readonly Recorded[]): boolean =>
  written.some(({ type, data }) => type === 'CaseReceived' && data['kind'] === 'complaint') &&
  !written.some(({ type, data }) => type === 'DeadlineSet' && data['clock'] === 'K-1');
