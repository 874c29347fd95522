export {
  CASE_KINDS,
  CHANNELS,
  OUTCOMES,
  PHASES,
  SEVERITIES,
  type CaseKind,
  type Channel,
  type Circumstance,
  type Outcome,
  type Phase,
  type Severity,
} from '#cases/domain';
