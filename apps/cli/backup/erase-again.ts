import { pino } from 'pino';
import { CASE_STREAM_PREFIX, type CaseEvent } from '#cases';
import { accept, ENGINE, isRefusal, newId } from '#kernel';
import { Engine } from '../../api/engine.js';
import { readSettings } from '../../api/settings.js';
import { Telemetry } from '../../api/telemetry.js';
import { BackupRefused } from './refusal.js';

export interface ErasedBefore {
  readonly folder: string;
  readonly testLog: boolean;
  readonly masterKey: string | undefined;
  /** By stream: the keys that the ledger says were erased, though the restored log does not know it yet. */
  readonly lost: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Puts on record again who was erased after the backup was made: their keys are gone by the ledger, and a key that is missing
 * without `SubjectErased` would be an alarm (EVENTS.md 8). @returns the cases
 */
export async function eraseAgain({ folder, testLog, masterKey, lost }: ErasedBefore): Promise<string[]> {
  const streams = [...lost].filter(([stream]) => stream.startsWith(CASE_STREAM_PREFIX));
  if (streams.length === 0) return [];
  const settings = readSettings({
    REDRESS_DATA: folder,
    REDRESS_PROJECTIONS: 'pause',
    ...(testLog && { REDRESS_TEST_CLOCK: '1' }),
    ...(masterKey !== undefined && { REDRESS_MASTER_KEY: masterKey }),
  });
  const logger = pino({ level: 'silent' });
  const engine = await Engine.open(settings, { logger, telemetry: new Telemetry(), bootstrap: false, notify: false });
  try {
    const ids = streams.map(([stream]) => stream.slice(CASE_STREAM_PREFIX.length));
    for (const [at, id] of ids.entries()) await eraseIn(engine, id, [...streams[at]![1]]);
    return ids;
  } finally {
    await engine.close();
  }
}

async function eraseIn(engine: Engine, id: string, keyIds: readonly string[]): Promise<void> {
  const outcome = await engine.executor.execute({
    id,
    command: {},
    decide: (_command, state) => {
      const parties = state.parties.map(({ partyId }) => partyId).filter((partyId) => keyIds.includes(partyId));
      return accept<CaseEvent>([{ type: 'SubjectErased', data: { parties, keyIds } }]);
    },
    commandId: newId(),
    digest: '',
    actor: ENGINE,
    correlationId: 'erased before the restore',
  });
  if (isRefusal(outcome))
    throw new BackupRefused('NOT_ERASED', `Case ${id} could not be erased again: ${outcome.code}.`);
}
