import { CASE_STREAM_PREFIX, caseAggregate, type CaseEventType, type RecordedCaseEvent } from '#cases';
import type { StoredEvent } from '#event-store';
import { decodeEvent } from '#kernel';
import { LogFollower, type FollowPorts } from './log-follower.js';
import { openingOf } from './opening.js';

/** A sheet that a case asked for: a case of its own under the id that was given to it (H-7). */
export interface AskedSheet {
  readonly sheetId: string;
  readonly parentId: string;
  readonly kind: 'work_sheet' | 'nonconformity';
  readonly unit: string;
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
const FOLLOWED: readonly CaseEventType[] = ['SheetRequested', 'CaseClosed', 'CaseDeclined', 'CaseWithdrawn'];

/**
 * H-7: when a case asks another unit to act, then the sheet is opened as a case of its own; when that one comes to its end,
 * then the case that asked is told. The case records the intention first; this only carries it out, as often as need be.
 */
export class KeepSheets extends LogFollower {
  constructor(private readonly sheets: KeepSheetsPorts) {
    super(sheets, {
      streamPrefixes: [CASE_STREAM_PREFIX],
      types: FOLLOWED,
      take: (event) => this.take(event),
    });
  }

  private async take(stored: StoredEvent): Promise<boolean> {
    const event = decodeEvent(stored, caseAggregate.upcasts) as RecordedCaseEvent | undefined;
    if (event === undefined || event.meta.historical === true) return false;
    const caseId = event.stream.slice(CASE_STREAM_PREFIX.length);
    switch (event.type) {
      case 'SheetRequested':
        await this.sheets.open({ ...event.data, parentId: caseId });
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
