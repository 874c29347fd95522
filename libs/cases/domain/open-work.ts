import type { Policy } from '#policy';
import { asked } from './clocks/index.js';
import type { CommandName } from './legal.js';
import type { CaseState } from './state.js';

/** Something that must be so before a command is allowed, and is not. */
export type Obstacle = {
  /** The code of the refusal. */
  readonly code: string;
  /** The rule of the pack that asks for it; none where every pack does (H-8). */
  readonly rule?: string;
  /** As the pack calls what is missing. */
  readonly label?: { readonly zh: string; readonly en: string };
  readonly source?: string;
};

/** H-8, I-2, H-4: what is in the way of a command besides where the case stands in its life; none where nothing is. */
export function obstaclesBefore(command: CommandName, state: CaseState, policy: Policy): readonly Obstacle[] {
  const open = command === 'CloseCase' ? openWork(state).map((code) => ({ code })) : [];
  if (!policy.asksBefore(command)) return open;
  const of = asked(state, policy);
  return [
    ...open,
    ...policy.openSteps(command, of).map(({ id, label, source }) => ({ code: 'STEP_OPEN', rule: id, label, source })),
    ...policy.openRequirements(command, of).map(({ code, id, label, source }) => ({ code, rule: id, label, source })),
  ];
}

/** H-8: nothing closes while any of this is open, in whatever pack. */
function openWork(state: CaseState): readonly string[] {
  const open: string[] = [];
  if (state.plans.some((plan) => plan.state === 'proposed')) open.push('PLAN_UNANSWERED');
  if (state.compensations.some((it) => it.state === 'proposed')) open.push('APPROVAL_PENDING');
  if (state.promises.some((it) => it.state === 'open' || it.state === 'broken')) open.push('PROMISE_OPEN');
  if (state.escalations.some((it) => it.state === 'open')) open.push('ESCALATION_OPEN');
  if (state.sheets.some((it) => it.state === 'open')) open.push('SHEET_OPEN');
  if (state.phase === 'waiting') open.push('WAITING_OPEN');
  return open;
}
