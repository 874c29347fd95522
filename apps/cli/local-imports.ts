import { createReadStream } from 'node:fs';
import { REPORT_HEADER, reportLine } from '#import';
import { isRefusal, type Actor, type Refusal } from '#kernel';
import type { Engine } from '../api/engine/engine.js';
import { IMPORT_FILE_LIMIT_BYTES } from '../api/http/adapter.js';
import { problemOf } from '../api/http/problems.js';
import { CliError, refused } from './client.js';
import type { ImportsClient } from './imports-client.js';

/** The engine in this process, which works on them while the command line runs, and goes on when it is opened again. */
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
