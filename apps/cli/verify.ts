import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { verifyChain, type ChainReport } from '#audit';
import type { EventReader } from '#event-store';
import { START, type Position } from '#kernel';
import { readSettings } from '../api/start-up/settings.js';
import { openLogReader } from '../worker/log-reader.js';
import { CliError } from './client.js';

const PAGE = 1000;
/** Cases, customers, and who was who under which rules when. */
const OURS = ['case-', 'customer-', 'organisation-', 'calendar-', 'policy-', 'rulebook-'];

export interface LogReport {
  /** Cases. */
  readonly streams: number;
  readonly events: number;
  /** Events of customers' files. */
  readonly customerEvents: number;
  /** Events of calendars, packs and the organisation. */
  readonly ruleEvents: number;
  readonly foreign: number;
  /** As `stream@revision: what is wrong`. */
  readonly faults: readonly string[];
}

/**
 * Follows the hash chain of every case and customer, and of the organisation and the rules that ruled them, in the log of the
 * settings, beside a running server or without one (EVENTS.md 3).
 */
export async function verify({ data }: { readonly data?: string }): Promise<LogReport> {
  const settings = readSettings({ ...process.env, ...(data !== undefined && { REDRESS_DATA: data }) });
  const { eventStoreUrl } = settings;
  const folder = resolve(settings.folder);
  if (eventStoreUrl === undefined && !existsSync(folder)) throw new CliError(`There is no data folder ${folder}.`);
  const reader = await openLogReader({ folder, eventStoreUrl });
  try {
    return await verifyLog(reader);
  } finally {
    await reader.close();
  }
}

export async function verifyLog(reader: EventReader): Promise<LogReport> {
  let [events, customerEvents, ruleEvents, foreign, cases] = [0, 0, 0, 0, 0];
  const faults: string[] = [];
  const streams = await ourStreams(reader);
  for (const stream of streams) {
    const report: ChainReport = verifyChain(await reader.readStream(stream));
    const isCase = stream.startsWith('case-');
    if (isCase) cases++;
    if (isCase) events += report.events;
    else if (stream.startsWith('customer-')) customerEvents += report.events;
    else ruleEvents += report.events;
    foreign += report.foreign.length;
    for (const { fault, revision } of report.faults) faults.push(`${stream}@${revision}: ${fault}`);
  }
  return { streams: cases, events, customerEvents, ruleEvents, foreign, faults };
}

async function ourStreams(reader: EventReader): Promise<Set<string>> {
  const streams = new Set<string>();
  for (let last: Position = START; ;) {
    const page = await reader.readAll({ from: last === START ? 'start' : last, maxCount: PAGE });
    const fresh = last === START ? page : page.slice(1);
    if (fresh.length === 0) return streams;
    for (const { stream } of fresh) if (OURS.some((prefix) => stream.startsWith(prefix))) streams.add(stream);
    last = fresh[fresh.length - 1]!.position;
  }
}
