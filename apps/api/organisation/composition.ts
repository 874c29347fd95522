import type { Logger } from 'pino';
import type { ExecutorPorts } from '#execution';
import { isRefusal, type Instant } from '#kernel';
import { Organisation, type OrganisationPorts } from '#organisation';
import type { Policy } from '#policy';

/** The organisation of a log, followed live. */
export const openOrganisation = (ports: Omit<OrganisationPorts, 'onFailure'>, logger: Logger): Promise<Organisation> =>
  Organisation.open({
    ...ports,
    onFailure: (err) => logger.error({ err }, 'the organisation lost the log and will try again'),
  });

/** A pack with those who hold its posts, the same for the same pack. */
export function heldBy(organisation: Organisation): (policy: Policy) => Policy {
  const held = new WeakMap<Policy, Policy>();
  return (policy) => {
    const known = held.get(policy) ?? policy.withPosts(organisation);
    held.set(policy, known);
    return known;
  };
}

/** O-1: the pack that a unit works under, as it was on record at an instant. */
export const packOfUnit =
  (organisation: Pick<Organisation, 'register'>) =>
  (unit: string, at: Instant): string | undefined =>
    organisation.register.packOf(unit, { at, known: at });

type Ruled = ReturnType<ExecutorPorts<never, Policy>['policyFor']>;

/** A ruling whose posts are held as `held` says. */
export const ruledWith =
  <Asked extends readonly unknown[]>(held: (policy: Policy) => Policy, ruling: (...asked: Asked) => Ruled) =>
  (...asked: Asked): Ruled => {
    const found = ruling(...asked);
    if (isRefusal(found)) return found;
    const { pack, version, policy } = found;
    return { pack, version, policy: held(policy) };
  };
