import type { RecordedCaseEvent } from '#cases';
import { FollowCases } from './follow-cases.js';
import type { FollowPorts } from './log-follower.js';
import { openingOf } from './opening.js';

/** A sheet that a case asked for: a case of its own under the id that was given to it (H-7). */
export interface AskedSheet {
  readonly sheetId: string;
  readonly parentId: string;
  readonly kind: 'work_sheet' | 'nonconformity';
  readonly unit: string;
  /** The pack of the case that asked, whose procedure it is. */
  readonly pack: string;
}

export interface FinishedSheet {
  readonly sheetId: string;
  readonly parentId: string;
  readonly outcome: 'done' | 'declined' | 'withdrawn';
}

export interface KeepSheetsPorts extends FollowPorts {
  /** Receives the sheet as a case; one that is there already stays as it is. */
  readonly open: (sheet: AskedSheet) => Promise<void>;
  /** Tells the case that asked; told again, nothing happens. */
  readonly finish: (sheet: FinishedSheet) => Promise<void>;
}

const ENDS = { CaseClosed: 'done', CaseDeclined: 'declined', CaseWithdrawn: 'withdrawn' } as const;

/**
 * H-7: when a case asks another unit to act, then the sheet is opened as a case of its own; when that one comes to its end,
 * then the case that asked is told. The case records the intention first; this only carries it out, as often as need be.
 */
export class KeepSheets extends FollowCases {
  constructor(private readonly sheets: KeepSheetsPorts) {
    super(sheets, ['SheetRequested', 'CaseClosed', 'CaseDeclined', 'CaseWithdrawn'], (event, caseId) =>
      this.carryOut(event, caseId),
    );
  }

  private async carryOut(event: RecordedCaseEvent, caseId: string): Promise<boolean> {
    switch (event.type) {
      case 'SheetRequested':
        await this.sheets.open({ ...event.data, parentId: caseId, pack: event.meta.policy.pack });
        return true;
      case 'CaseClosed':
      case 'CaseDeclined':
      case 'CaseWithdrawn': {
        const parentId = await this.parentOf(event.stream);
        if (parentId === undefined) return false;
        await this.sheets.finish({ sheetId: caseId, parentId, outcome: ENDS[event.type] });
        return true;
      }
      default:
        return false;
    }
  }

  /** Whom a case was opened from, if it is a sheet at all. */
  private async parentOf(stream: string): Promise<string | undefined> {
    const { kind, openedFrom } = (await openingOf(this.sheets.reader, stream)) ?? {};
    const isSheet = kind === 'work_sheet' || kind === 'nonconformity';
    return isSheet && openedFrom !== undefined && 'caseId' in openedFrom ? openedFrom.caseId : undefined;
  }
}
