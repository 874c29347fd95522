import { ReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DifferenceSum } from '#cases';
import type { GroupName } from '#event-store';
import { runningServer } from '../api/engine/running-server.js';
import type { ImportSummary } from '#organisation';
import type { CustomerImportOrder, CustomerImportSummary } from '../api/customers/import-customers.js';
import type { ImportResult } from '../api/import/import-cases.js';
import type { ImportOrder } from '../api/organisation/sending.js';
import type { Finding, ShownOrganisation } from '../api/organisation/shown.js';
import type { CaseExplained } from '../api/queries/case-reading.js';
import type { GroupOrder, ShownGroup, ShownGroupDetails } from '../api/operations/consumer-desk.js';
import type { ShownJob } from '../api/operations/job-desk.js';
import type { ShownNotice } from '../api/automations/notifications.js';
import type { TimelineEntry } from '../api/queries/timeline.js';
import type { ShownCalendar, ShownPack } from '../api/rules/shown.js';
import type { WhatIf, WhatIfAsked } from '../api/rules/what-if.js';
import { httpImports, type ImportsClient } from './imports-client.js';

/** What the command line asks of an engine, be it over HTTP or composed in this process. */
export interface EngineClient {
  timeline(caseId: string, order: TimelineOrder): Promise<readonly TimelineEntry[]>;
  explanation(caseId: string, order: TimelineOrder): Promise<CaseExplained>;
  importCases(cases: readonly object[]): Promise<readonly ImportResult[]>;
  rebuild(view: string): Promise<void>;
  organisation(moment: AskedMoment): Promise<ShownOrganisation>;
  checkOrganisation(): Promise<readonly Finding[]>;
  importOrganisation(order: ImportOrder): Promise<ImportSummary>;
  /** The latest notifications, of one state where it is named. */
  notifications(state: string | undefined): Promise<readonly ShownNotice[]>;
  /** Has dead messages tried again, all where none is named. @returns how many */
  retryNotifications(messageId: string | undefined): Promise<number>;
  /** The latest jobs, of one queue and state where they are named. */
  jobs(queue: string | undefined, state: string | undefined): Promise<readonly ShownJob[]>;
  /** Has dead jobs tried again: one, else all of a queue, else all. @returns how many */
  retryJobs(id: string | undefined, queue: string | undefined): Promise<number>;
  /** Groups by which other services share the log. */
  consumerGroups(): Promise<readonly ShownGroup[]>;
  consumerGroup(group: GroupName): Promise<ShownGroupDetails>;
  createConsumerGroup(order: GroupOrder): Promise<ShownGroupDetails>;
  /** @returns how many parked events are sent again */
  replayParked(group: GroupName): Promise<number>;
  deleteConsumerGroup(group: GroupName): Promise<void>;
  /** The answer of the publication: what was put on record, or that it was known. */
  publishCalendar(given: unknown): Promise<Published>;
  calendars(): Promise<readonly ShownCalendar[]>;
  publishPack(pack: GivenPack): Promise<Published>;
  /** Waits until it is answered; tells how far it has come. */
  whatIf(asked: WhatIfAsked, told: (sum: DifferenceSum) => void): Promise<WhatIf>;
  packs(): Promise<readonly ShownPack[]>;
  packText(pack: string, version: string): Promise<string>;
  /** The time that the engine records. */
  now(): Promise<string>;
  /** Customers of a CSV file, row by row. */
  importCustomers(order: CustomerImportOrder): Promise<CustomerImportSummary>;
  /** Files that are handed over to the engine. */
  readonly imports: ImportsClient;
  close(): Promise<void>;
}

export type Published = Readonly<Record<string, unknown>> & { readonly known: boolean };

export interface GivenPack {
  readonly text: string;
  readonly fileName: string;
  readonly effectiveFrom?: string;
}

export interface TimelineOrder {
  readonly by: 'recorded' | 'occurred';
  readonly asOf?: string;
}

/** Instants with an offset; now where left out. */
export interface AskedMoment {
  readonly at?: string;
  readonly known?: string;
}

export interface Where {
  readonly url?: string;
  readonly key?: string;
  readonly data?: string;
}

/** A message for whoever typed the command; no stack belongs under it. */
export class CliError extends Error {}

/** What was refused, for who typed the command: faults one by one, other facts beside the reason. */
export function refused(problem: { code: string; detail?: string; facts?: object }): CliError {
  const { faults, ...facts } = (problem.facts ?? {}) as {
    faults?: readonly (string | { at: string; reason: string })[];
  };
  const lines = faults?.map((fault) => (typeof fault === 'string' ? fault : `${fault.at}: ${fault.reason}`)) ?? [];
  const more = Object.keys(facts).length === 0 ? '' : ` ${JSON.stringify(facts)}`;
  return new CliError([`${problem.code}: ${problem.detail ?? ''}${more}`, ...lines].join('\n'));
}

/**
 * A server that was named, else the one that runs on the folder, else the engine itself in this process, which takes the
 * folder's lock (DESIGN "the CLI beside a running server").
 */
export async function connect(where: Where): Promise<EngineClient> {
  const key = where.key ?? process.env['REDRESS_ADMIN_KEY'];
  if (where.url !== undefined) {
    if (key === undefined)
      throw new CliError('A server that is named by --url needs a key: --key, or REDRESS_ADMIN_KEY.');
    return new HttpClient(where.url, key);
  }
  const folder = resolve(where.data ?? process.env['REDRESS_DATA'] ?? 'data');
  const server = runningServer(folder);
  if (server !== undefined) return new HttpClient(server.url, where.key ?? server.key);
  const { LocalClient } = await import('./local-client.js');
  return LocalClient.open(folder);
}

const ofGroup = ({ stream, group }: GroupName): string =>
  `/consumer-groups/${encodeURIComponent(stream)}/${encodeURIComponent(group)}`;

/** Asks the engine that `where` names, and lets go of it whatever becomes of the work. @throws CliError */
export async function withEngine<T>(where: Where, work: (engine: EngineClient) => Promise<T>): Promise<T> {
  const engine = await connect(where);
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

function ofCase(caseId: string, what: string, { by, asOf }: TimelineOrder): string {
  const query = new URLSearchParams({ by, ...(asOf === undefined ? {} : { asOf }) });
  return `/cases/${encodeURIComponent(caseId)}/${what}?${query.toString()}`;
}

/** How long to leave a question alone that is worked on. */
export const ASK_AGAIN_MS = 200;

class HttpClient implements EngineClient {
  readonly imports = httpImports((method, path, body) => this.request(method, path, body));
  private readonly base: string;

  constructor(
    url: string,
    private readonly key: string,
  ) {
    this.base = url.replace(/\/+$/, '');
  }

  async timeline(caseId: string, order: TimelineOrder): Promise<readonly TimelineEntry[]> {
    return (await this.request<{ items: TimelineEntry[] }>('GET', ofCase(caseId, 'timeline', order))).items;
  }

  explanation(caseId: string, order: TimelineOrder): Promise<CaseExplained> {
    return this.request('GET', ofCase(caseId, 'explanation', order));
  }

  async importCases(cases: readonly object[]): Promise<readonly ImportResult[]> {
    return (await this.request<{ results: ImportResult[] }>('POST', '/import/cases', { cases })).results;
  }

  async rebuild(view: string): Promise<void> {
    await this.request('POST', `/projections/${encodeURIComponent(view)}/rebuild`);
  }

  organisation(moment: AskedMoment): Promise<ShownOrganisation> {
    return this.request('GET', `/organisation?${new URLSearchParams({ ...moment }).toString()}`);
  }

  async checkOrganisation(): Promise<readonly Finding[]> {
    return (await this.request<{ items: Finding[] }>('GET', '/organisation/check')).items;
  }

  importOrganisation(order: ImportOrder): Promise<ImportSummary> {
    return this.request('POST', '/organisation/import', order);
  }

  async notifications(state: string | undefined): Promise<readonly ShownNotice[]> {
    const query = new URLSearchParams({ limit: '200', ...(state === undefined ? {} : { state }) });
    return (await this.request<{ items: ShownNotice[] }>('GET', `/notifications?${query.toString()}`)).items;
  }

  async retryNotifications(messageId: string | undefined): Promise<number> {
    const body = messageId === undefined ? {} : { messageId };
    return (await this.request<{ retried: number }>('POST', '/notifications/retry', body)).retried;
  }

  async jobs(queue: string | undefined, state: string | undefined): Promise<readonly ShownJob[]> {
    const asked = { limit: '200', ...(queue !== undefined && { queue }), ...(state !== undefined && { state }) };
    return (await this.request<{ items: ShownJob[] }>('GET', `/jobs?${new URLSearchParams(asked).toString()}`)).items;
  }

  async retryJobs(id: string | undefined, queue: string | undefined): Promise<number> {
    const body = { ...(id !== undefined && { id }), ...(queue !== undefined && { queue }) };
    return (await this.request<{ retried: number }>('POST', '/jobs/retry', body)).retried;
  }

  async consumerGroups(): Promise<readonly ShownGroup[]> {
    return (await this.request<{ items: ShownGroup[] }>('GET', '/consumer-groups')).items;
  }

  consumerGroup(group: GroupName): Promise<ShownGroupDetails> {
    return this.request('GET', ofGroup(group));
  }

  createConsumerGroup(order: GroupOrder): Promise<ShownGroupDetails> {
    return this.request('POST', '/consumer-groups', order);
  }

  async replayParked(group: GroupName): Promise<number> {
    return (await this.request<{ replayed: number }>('POST', `${ofGroup(group)}/replay`)).replayed;
  }

  async deleteConsumerGroup(group: GroupName): Promise<void> {
    await this.request('DELETE', ofGroup(group));
  }

  publishCalendar(given: unknown): Promise<Published> {
    return this.request('POST', '/calendars', given);
  }

  async calendars(): Promise<readonly ShownCalendar[]> {
    return (await this.request<{ items: ShownCalendar[] }>('GET', '/calendars')).items;
  }

  async whatIf(asked: WhatIfAsked, told: (sum: DifferenceSum) => void): Promise<WhatIf> {
    let answer = await this.request<WhatIf>('POST', '/what-if', asked);
    while (answer.state === 'running') {
      await delay(ASK_AGAIN_MS);
      answer = await this.request<WhatIf>('GET', `/what-if/${answer.id}`);
      told(answer.sum);
    }
    return answer;
  }

  publishPack(pack: GivenPack): Promise<Published> {
    return this.request('POST', '/policies', pack);
  }

  async packs(): Promise<readonly ShownPack[]> {
    return (await this.request<{ items: ShownPack[] }>('GET', '/policies')).items;
  }

  async packText(pack: string, version: string): Promise<string> {
    const path = `/policies/${encodeURIComponent(pack)}/${encodeURIComponent(version)}`;
    return (await this.request<{ text: string }>('GET', path)).text;
  }

  importCustomers(order: CustomerImportOrder): Promise<CustomerImportSummary> {
    return this.request('POST', '/customers/import', order);
  }

  async now(): Promise<string> {
    return (await this.request<{ now: string }>('GET', '/clock')).now;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private async request<T>(method: string, path: string, body?: unknown): Promise<T> {
    const isFile = body instanceof ReadStream;
    const response = await fetch(this.base + path, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body === undefined ? {} : { 'content-type': isFile ? 'application/octet-stream' : 'application/json' }),
      },
      ...(body === undefined ? {} : isFile ? { body: body as never, duplex: 'half' } : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      const { cause, message } = error as Error & { cause?: { code?: string } };
      throw new CliError(`${this.base} does not answer: ${cause?.code ?? message}`);
    });
    if (response.ok && response.headers.get('content-type')?.startsWith('text/')) return (await response.text()) as T;
    const answer = (await response.json().catch(() => {
      throw new CliError(`${this.base} broke off its answer, or is no Redress (HTTP ${response.status}).`);
    })) as { code?: string; detail?: string; facts?: unknown };
    if (!response.ok) {
      const { code = String(response.status), detail = '', facts = {} } = answer;
      throw refused({ code, detail, facts: facts as object });
    }
    return answer as T;
  }
}
