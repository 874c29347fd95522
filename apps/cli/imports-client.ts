import { createReadStream } from 'node:fs';
import type { ReadStream } from 'node:fs';
import { REPORT_HEADER, reportLine } from '#import';
import { isRefusal, type Actor, type Refusal } from '#kernel';
import type { Engine } from '../api/engine.js';
import { IMPORT_FILE_LIMIT_BYTES } from '../api/http/adapter.js';
import { problemOf } from '../api/http/problems.js';
import type { ImportAsked, ImportShown } from '../api/import/import-jobs.js';
import { CliError, refused } from './client.js';

/** Imports that the engine works on by itself, over HTTP or in this process. */
export interface ImportsClient {
  /** Durable when it resolves. @throws CliError */
  handOver(order: ImportAsked, file: string): Promise<ImportShown>;
  list(): Promise<readonly ImportShown[]>;
  get(id: string): Promise<ImportShown>;
  cancel(id: string): Promise<ImportShown>;
  /** What was rejected, as CSV. */
  report(id: string): Promise<string>;
}

type Send = <T>(method: string, path: string, body?: object | ReadStream) => Promise<T>;

export const httpImports = (send: Send): ImportsClient => ({
  async handOver({ what, fileName, mapping }, file) {
    const read =
      mapping === undefined ? {} : 'name' in mapping ? { mapping: mapping.name } : { mappingText: mapping.text };
    const { id } = await send<ImportShown>('POST', '/imports', { what, fileName, ...read });
    return send('PUT', `/imports/${id}/file`, createReadStream(file));
  },
  list: async () => (await send<{ items: ImportShown[] }>('GET', '/imports?limit=200')).items,
  get: (id) => send('GET', `/imports/${encodeURIComponent(id)}`),
  cancel: (id) => send('POST', `/imports/${encodeURIComponent(id)}/cancel`),
  report: (id) => send('GET', `/imports/${encodeURIComponent(id)}/report`),
});

export const localImports = ({ importJobs }: Engine, actor: Actor): ImportsClient => ({
  async handOver(order, file) {
    const { id } = there(await importJobs.ask(order, actor));
    return there(await importJobs.fill(id, createReadStream(file), IMPORT_FILE_LIMIT_BYTES));
  },
  list: () => importJobs.list(200),
  get: async (id) => there(await importJobs.get(id)),
  cancel: async (id) => there(await importJobs.cancel(id)),
  async report(id) {
    let text = REPORT_HEADER;
    for await (const rows of there(await importJobs.report(id))) text += rows.map(reportLine).join('');
    return text;
  },
});

function there<T extends object>(found: T | Refusal | undefined): T {
  if (found === undefined) throw new CliError('There is no such import, or it is too long ago.');
  if (isRefusal(found)) throw refused(problemOf(found));
  return found;
}
