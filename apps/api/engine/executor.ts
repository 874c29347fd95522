import type { CaseEvent, CaseState } from '#cases';
import type { CommandExecutor } from '#execution';
import type { Policy } from '#policy';

export type CaseExecutor = CommandExecutor<CaseState, CaseEvent, Policy>;
