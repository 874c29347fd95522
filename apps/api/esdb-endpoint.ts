import type { Logger } from 'pino';
import { EmbeddedEventStore } from '#event-store/embedded';
import type { Endpoint, EndpointAccess } from '#event-store/endpoint';
import type { Directory } from '#organisation';
import type { Engine } from './engine/engine.js';
import type { Settings } from './start-up/settings.js';
import { tlsFiles } from './start-up/tls-files.js';

/** What the engine calls streams of its own: `<category>-<id>`. Nobody else writes them, whatever key they have. */
const CATEGORIES = ['case', 'customer', 'policy', 'person', 'unit', 'calendar', 'worksheet', 'import', 'redress'];

const isOwn = (stream: string): boolean => CATEGORIES.some((category) => stream.startsWith(`${category}-`));

/** Users of the endpoint are the engine's keys: the user's name is the key's, the password the key itself. */
export function accessFor(directory: Directory, settings: NonNullable<Settings['esdb']>): EndpointAccess {
  // Names of keys never change.
  const labels = new Map<string, string>();
  const labelOf = (keyId: string): string | undefined => {
    if (!labels.has(keyId)) for (const { id, label } of directory.listKeys()) labels.set(id, label);
    return labels.get(keyId);
  };
  return {
    isOwn,
    foreignWrites: settings.foreignWrites,
    insecure: settings.insecure,
    authenticate: (name, key) => {
      const actor = directory.authenticate(key);
      if (actor?.key === undefined || labelOf(actor.key) !== name) return undefined;
      return { name, administrator: actor.role === 'administrator' };
    },
  };
}

/** Serves the log to EventStoreDB clients where the settings say so. Its libraries are loaded only then. */
export async function serveLog(engine: Engine, logger: Logger): Promise<Endpoint | undefined> {
  const { esdb, host } = engine.settings;
  const tls = tlsFiles(engine.settings);
  const { store } = engine;
  if (esdb === undefined || !(store instanceof EmbeddedEventStore)) return undefined;
  const { startEndpoint } = await import('#event-store/endpoint');
  const endpoint = await startEndpoint({
    store,
    access: accessFor(engine.directory, esdb),
    host,
    port: esdb.port,
    ...(tls && { tls }),
    onFault: (error) => logger.error({ err: error }, 'the EventStoreDB endpoint failed'),
  });
  logger.info({ port: endpoint.port, tls: tls !== undefined, insecure: esdb.insecure }, 'serving EventStoreDB clients');
  return endpoint;
}
