import type { Logger } from 'pino';
import type { EventStore } from '#event-store';
import type { Carrier } from '#jobs';
import { START, type Position } from '#kernel';
import type { Directory, FirstAdministrator, Organisation } from '#organisation';
import type { Policy } from '#policy';
import type { StreamVault, Vault } from '#privacy';
import { loadMasterKey } from '#privacy/embedded';
import type { Rulebook } from '#rulebook';
import { openWriter, type SqlWriter } from '#sql';
import { JobLedger } from '../../worker/job-ledger.js';
import { openVault } from '../../worker/vault-place.js';
import { viewsPlace } from '../../worker/views-place.js';
import { openCarrier } from '../../worker/carrier.js';
import { awaitDatabase } from './await-database.js';
import { lockFolder, shareFolder, type FolderLock } from './data-folder.js';
import { openEventLog } from './event-log.js';
import { openClock, type LogClock } from './log-clock.js';
import { Notifications, rulesOf } from '../automations/notifications.js';
import { heldBy, openOrganisation } from '../organisation/composition.js';
import { openDirectory } from '../people/open-directory.js';
import { openRulebook } from '../rules/composition.js';
import type { Settings } from '../start-up/settings.js';
import type { Telemetry } from '../telemetry.js';
import { ViewAccess } from './view-access.js';

export interface Surroundings {
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  /** The command line leaves it to the server's first start to make the administrator, who is greeted there. */
  readonly bootstrap?: false;
  /** The command line leaves notifications to the server, which has the mail server's settings and goes on where it stood. */
  readonly notify?: false;
}

/** Where the log ended when it was opened. */
export interface LogEnd {
  readonly head: Position;
  /** As far as views see it. */
  readonly delivered: Position;
}

/** What the engine stands on, opened in this order and closed in the other. */
export interface Parts {
  readonly lock: FolderLock;
  readonly time: LogClock;
  readonly vault: Vault & StreamVault;
  readonly store: EventStore;
  readonly rulebook: Rulebook;
  readonly directory: Directory;
  readonly organisation: Organisation;
  /** A pack with those who hold its posts. */
  readonly held: (policy: Policy) => Policy;
  readonly viewAccess: ViewAccess;
  readonly end: LogEnd;
  /** Writes what processes that share a log tell one another; undefined where this is the only one. */
  readonly shared: SqlWriter | undefined;
  /** What is to be done, and who is to be told. */
  readonly ledger: JobLedger;
  readonly notifications: Notifications;
  /** Carries what is due to whichever process is free; undefined without Redis. */
  readonly carrier: Carrier | undefined;
}

interface OpenedParts {
  readonly parts: Parts;
  readonly first: FirstAdministrator | undefined;
}

/**
 * @throws FolderInUse, WrongSettings, WrongMasterKey, MasterKeyUnusable, DatabaseUnusable, SchemaNewer, AccessDenied,
 * StoreUnavailable, RedisUnusable
 */
export async function openParts(settings: Settings, surroundings: Surroundings): Promise<OpenedParts> {
  const { folder } = settings;
  const lock = settings.eventStoreUrl === undefined ? lockFolder(folder) : shareFolder(folder);
  const { logger, telemetry, bootstrap } = surroundings;
  const opened: { close(): Promise<void> }[] = [];
  const keep = <T extends { close(): Promise<void> }>(part: T): T => (opened.unshift(part), part);
  try {
    if (settings.databaseUrl !== undefined) await awaitDatabase(settings.databaseUrl, logger);
    const store = keep(await openEventLog(settings, logger));
    const time = openClock(folder, settings.testClock);
    const fromEnvironment = settings.masterKey;
    const masterKey = loadMasterKey({ folder, ...(fromEnvironment === undefined ? {} : { fromEnvironment }) });
    const vault = keep(await openVault(settings, { masterKey, pool: true, clock: time.clock }));
    const directory = keep(await openDirectory(settings, vault.secret('api-keys'), time.clock));
    const { adminKey, pack } = settings;
    const rulebook = keep(await openRulebook({ store, vault, clock: time.clock, pack }, logger));
    const organisation = keep(await openOrganisation({ store, vault, clock: time.clock }, logger));
    const held = heldBy(organisation);
    const first =
      bootstrap === false ? undefined : await directory.bootstrap(adminKey === undefined ? {} : { adminKey });
    const log = {
      info: (facts: object, message: string) => logger.info(facts, message),
      error: (facts: object, message: string) => logger.error(facts, message),
    };
    const onLost = (): void => telemetry.keyLost();
    const { eventStoreUrl, databaseUrl } = settings;
    const shared = eventStoreUrl === undefined ? undefined : keep(openWriter(viewsPlace(folder, databaseUrl)));
    const runs = settings.projections === 'run';
    const viewAccess = keep(
      await ViewAccess.open(
        { folder, eventStoreUrl, databaseUrl, masterKey, log, onLost },
        { keeps: runs && settings.role !== 'api', shared: runs ? shared : undefined },
      ),
    );
    const carrier =
      settings.redisUrl === undefined ? undefined : keep(await openCarrier(settings.redisUrl, vault, logger));
    const secret = vault.secret('notifications');
    const ledger = keep(await JobLedger.open(settings, shared?.process));
    const notifications = keep(
      await Notifications.open({
        ...{ settings, ledger, reader: store, clock: time.clock, directory, secret, logger, carrier },
        rules: rulesOf(rulebook, held),
      }),
    );
    const end = { head: (await store.head()) ?? START, delivered: (await store.lastDelivered()) ?? START };
    const parts = {
      lock,
      time,
      vault,
      store,
      rulebook,
      directory,
      organisation,
      held,
      viewAccess,
      ledger,
      notifications,
      end,
      shared,
      carrier,
    };
    return { parts, first };
  } catch (error) {
    for (const part of opened) await part.close();
    lock.release();
    throw error;
  }
}
