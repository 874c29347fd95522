import { KeepSheets, type AskedSheet, type FinishedSheet, type KeepSheetsPorts } from '#automations';
import { finishSheet, FinishSheet, receiveCase, ReceiveCase } from '#cases';
import { ENGINE, isRefusal } from '#kernel';
import { followedFrom } from './checkpoint.js';
import type { Engine } from '../engine/engine.js';
import { refOf } from '../queries/case-reading.js';

/** H-7, with the engine under it. */
export function keepSheets(engine: Engine, told: Pick<KeepSheetsPorts, 'onFailure'>): KeepSheets {
  const { store } = engine;
  return new KeepSheets({
    clock: engine.clock,
    reader: store,
    checkpoint: followedFrom('sheets', engine.checkpoints),
    open: (sheet) => open(engine, sheet),
    finish: (sheet) => finish(engine, sheet),
    ...told,
  });
}

/** The words stay in the case that asked, where an erasure reaches them: the sheet points there. */
async function open({ executor }: Engine, { sheetId, parentId, kind, unit, pack }: AskedSheet): Promise<void> {
  const content = `见案件 ${refOf(parentId)} · See case ${refOf(parentId)}`;
  const command = { kind, channel: 'return_visit', content, unit, pack, openedFromCase: parentId } as const;
  const outcome = await executor.execute({
    ...{ id: sheetId, create: true, decide: receiveCase },
    command: Object.assign(new ReceiveCase(), command),
    ...{ commandId: `sheet-${sheetId}`, digest: '', actor: ENGINE, correlationId: `case-${parentId}` },
  });
  if (isRefusal(outcome)) throw new Error(`the sheet ${sheetId} was refused: ${outcome.code}`);
}

async function finish({ executor }: Engine, { sheetId, parentId, outcome: how }: FinishedSheet): Promise<void> {
  const outcome = await executor.execute({
    ...{ id: parentId, decide: finishSheet },
    command: Object.assign(new FinishSheet(), { sheetId, outcome: how }),
    ...{ commandId: `sheet-${sheetId}-ended`, digest: '', actor: ENGINE, correlationId: `case-${parentId}` },
  });
  // A case that somebody said it was opened from, but that never asked for it, has nothing to be told.
  if (
    isRefusal(outcome) &&
    outcome.code !== 'NO_OPEN_SHEET' &&
    outcome.code !== 'UNKNOWN_SHEET' &&
    outcome.code !== 'NOT_FOUND'
  ) {
    throw new Error(`the end of the sheet ${sheetId} was refused: ${outcome.code}`);
  }
}
