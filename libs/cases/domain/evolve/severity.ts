import { SEVERITIES, type Ground, type Severity } from '../events.js';
import type { CaseState } from '../state.js';
import type { Folds } from './fold.js';

/** S-3: a severity is the highest of the grounds that stand, by occurred time too, where a raise may come before its elders. */
export const SEVERITY: Folds<'SeverityRaised' | 'SeverityLowered' | 'GroundEstablished'> = {
  SeverityRaised: (state, { data }) => withGround(state, data.ground),
  SeverityLowered: (state, { data }) =>
    resting(
      state,
      state.grounds.filter(({ groundId }) => !data.fallen.includes(groundId)),
    ),
  GroundEstablished: (state, { data }) => withGround(state, data.ground),
};

/** The highest severity among grounds; without any it is the least one. */
export const highest = (grounds: readonly Ground[]): Severity =>
  SEVERITIES[Math.max(0, ...grounds.map(({ severity }) => SEVERITIES.indexOf(severity)))]!;

const withGround = (state: CaseState, ground: Ground): CaseState =>
  resting(state, [...state.grounds.filter(({ groundId }) => groundId !== ground.groundId), ground]);

const resting = (state: CaseState, grounds: readonly Ground[]): CaseState => ({
  ...state,
  grounds,
  severity: highest(grounds),
});
