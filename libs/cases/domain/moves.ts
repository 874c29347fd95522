import { refuse, type Facts, type Refusal } from '#kernel';
import type { Policy } from '#policy';
import { COMMAND_NAMES, illegalNow, isForPeople, mayCommand, rolesOf, type CommandName } from './legal.js';
import { obstaclesBefore, type Obstacle } from './open-work.js';
import type { CaseState } from './state.js';

/** A command, and whether it is legal now; where it is not, why. */
export type Move = {
  readonly command: CommandName;
  readonly legal: boolean;
  readonly code?: string;
  readonly obstacles?: readonly Obstacle[];
};

/** Who asks, and under which rules. */
type Asking = Pick<Facts<Policy>, 'actor' | 'policy'>;

/** Every command that somebody may give at all, and what stands in the way of those that are not legal now. */
export const movesOf = (state: CaseState, asking: Asking): readonly Move[] =>
  COMMAND_NAMES.filter((command) => isForPeople(command) && mayCommand(command, asking.actor.role)).map((command) => {
    const block = blockOf(command, state, asking);
    return block === undefined ? { command, legal: true } : { command, legal: false, ...block };
  });

/** The commands that somebody may give now: those whose move is legal. */
export const legalCommands = (state: CaseState, asking: Asking): readonly CommandName[] =>
  movesOf(state, asking)
    .filter(({ legal }) => legal)
    .map(({ command }) => command);

/** A refusal about the life of the case says where it stands and which commands are legal, as `movesOf` has it. */
export const refuseMove = (
  code: string,
  state: CaseState,
  { actor, policy }: Asking,
  facts: Refusal['facts'] = {},
): Refusal => refuse(code, { ...facts, phase: state.phase, legal: legalCommands(state, { actor, policy }) });

/**
 * Whether somebody may give the command now.
 * Refusals: ROLE_NOT_ALLOWED, HANDLER_RECUSED (H-2), those of the life of the case and of what the command needs there
 * (`legal.ts`), and what the pack asks for before it (H-8, I-2, H-4): the first obstacle gives the code, `open` lists all.
 */
export function gate(command: CommandName, state: CaseState, asking: Asking): Refusal | undefined {
  const { role } = asking.actor;
  if (!mayCommand(command, role)) {
    return refuse('ROLE_NOT_ALLOWED', { command, role, allowed: rolesOf(command) });
  }
  const block = blockOf(command, state, asking);
  if (block === undefined) return undefined;
  const { code, obstacles } = block;
  if (code === RECUSED) return refuse(code, { command });
  const open = obstacles && { open: obstacles.map((it) => it.code), obstacles };
  return refuseMove(code, state, asking, open ?? { command });
}

const RECUSED = 'HANDLER_RECUSED';

function blockOf(command: CommandName, state: CaseState, { actor, policy }: Asking): Block | undefined {
  // One person is one person under however many keys (O-1): what counts is who acts, not the key.
  if (state.recused.includes(actor.id)) return { code: RECUSED };
  const code = illegalNow(command, state);
  if (code !== undefined) return { code };
  const obstacles = obstaclesBefore(command, state, policy);
  return obstacles[0] && { code: obstacles[0].code, obstacles };
}

type Block = { readonly code: string; readonly obstacles?: readonly Obstacle[] };
