import { createReadStream, type ReadStream } from 'node:fs';
import type { ImportAsked, ImportShown } from '../api/import/import-jobs.js';

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
