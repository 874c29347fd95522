import { accept, refuse, type Facts } from '#kernel';
import type { Policy } from '#policy';
import { decider, freeText, unknownWord } from './command.js';
import type { CustomerEvent, RecordedCustomerEvent } from './events.js';
import type { CustomerState } from './state.js';

export interface AssignTier {
  readonly tier: string;
  readonly reason?: string;
}

/** C-1: a tier of the pack. Refusals: UNKNOWN_TIER. One that is so already is not told again. */
export const assignTier = decider<AssignTier>('AssignTier', ({ tier, reason }, state, facts) => {
  const { tiers } = facts.policy.customers;
  const unknown = unknownWord('UNKNOWN_TIER', tier, tiers);
  if (unknown !== undefined) return unknown;
  const { source } = tiers.find(({ id }) => id === tier)!;
  if (state.tier === tier) return accept([]);
  return accept([{ type: 'TierAssigned', data: { tier, source }, ...said('reason', reason, state, facts) }]);
});

export interface EstablishQuality {
  readonly ground: string;
  readonly remarks?: string;
}

/** C-1: a quality customer, the ground kept. Refusals: UNKNOWN_QUALITY_GROUND, QUALITY_KNOWN. */
export const establishQuality = decider<EstablishQuality>('EstablishQuality', ({ ground, remarks }, state, facts) => {
  const { qualityGrounds } = facts.policy.customers;
  const unknown = unknownWord('UNKNOWN_QUALITY_GROUND', ground, qualityGrounds);
  if (unknown !== undefined) return unknown;
  if (isEstablished(state, ground)) return refuse('QUALITY_KNOWN', { ground });
  const { source } = qualityGrounds.find(({ id }) => id === ground)!;
  const data = { ground, by: 'person' as const, source };
  return accept([{ type: 'QualityEstablished', data, ...said('remarks', remarks, state, facts) }]);
});

export interface WithdrawQuality {
  readonly ground: string;
  readonly reason?: string;
}

/** Refusals: QUALITY_NOT_ESTABLISHED. */
export const withdrawQuality = decider<WithdrawQuality>('WithdrawQuality', ({ ground, reason }, state, facts) => {
  if (!isEstablished(state, ground)) {
    return refuse('QUALITY_NOT_ESTABLISHED', { ground, established: state.quality.map((it) => it.ground) });
  }
  const data = { ground, by: 'person' as const };
  return accept([{ type: 'QualityWithdrawn', data, ...said('reason', reason, state, facts) }]);
});

export interface ListSpecialOwner {
  readonly groups: readonly string[];
}

/** C-1: listed apart, with all the groups they are of now. Refusals: UNKNOWN_SPECIAL_OWNER. */
export const listSpecialOwner = decider<ListSpecialOwner>('ListSpecialOwner', ({ groups }, { partyId }, facts) => {
  const { specialOwners } = facts.policy.customers;
  for (const group of groups) {
    const unknown = unknownWord('UNKNOWN_SPECIAL_OWNER', group, specialOwners);
    if (unknown !== undefined) return unknown;
  }
  const personal = { groups: { keyId: partyId, value: [...new Set(groups)] } };
  return accept([{ type: 'SpecialOwnerListed', data: {}, personal }]);
});

export interface UnlistSpecialOwner {
  readonly reason?: string;
}

/** Refusals: NOT_LISTED. */
export const unlistSpecialOwner = decider<UnlistSpecialOwner>('UnlistSpecialOwner', ({ reason }, state, facts) =>
  state.special
    ? accept([{ type: 'SpecialOwnerUnlisted', data: {}, ...said('reason', reason, state, facts) }])
    : refuse('NOT_LISTED'),
);

/** C-1: milestones that the pack counts establish a ground, and take it back where they are withdrawn; what a person said stays. */
export function qualityAfter(
  state: CustomerState,
  event: RecordedCustomerEvent,
  { policy }: Facts<Policy>,
): readonly CustomerEvent[] {
  if (event.type !== 'MilestoneReached' && event.type !== 'MilestoneWithdrawn') return [];
  return policy.customers.qualityGrounds.flatMap(({ id: ground, milestone, atLeast, source }): CustomerEvent[] => {
    if (milestone === undefined || atLeast === undefined) return [];
    const isSo = state.milestones.filter((it) => it.milestone === milestone && !it.withdrawn).length >= atLeast;
    const known = state.quality.find((it) => it.ground === ground);
    if (isSo && known === undefined) {
      return [{ type: 'QualityEstablished', data: { ground, by: 'milestones', source } }];
    }
    if (!isSo && known?.by === 'milestones') return [{ type: 'QualityWithdrawn', data: { ground, by: 'milestones' } }];
    return [];
  });
}

const isEstablished = ({ quality }: CustomerState, ground: string): boolean =>
  quality.some((it) => it.ground === ground);

/** The personal part of an event with one free text, nothing where it was left out. */
function said<Part extends string>(part: Part, text: string | undefined, state: CustomerState, facts: Facts<Policy>) {
  const secret = freeText(text, state, facts);
  return secret === undefined ? {} : { personal: { [part]: secret } as { readonly [P in Part]: typeof secret } };
}
