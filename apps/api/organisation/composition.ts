import type { Logger } from 'pino';
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
