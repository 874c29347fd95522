export { normalised, type Normaliser } from './normalise.js';
export { RepeatRules, type PreparedRepeat, type Sameness } from './rules.js';
export { matchesAmong, NAMED_EACH_WAY, type CountedCase, type Match } from './matching.js';
