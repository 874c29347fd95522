import { ORDERS, type Order } from '#views/case-replay';
import { actorOf, type Request } from '../http/context.js';
import { hasPermission, requirePermission } from '../http/permission.js';
import { validated } from '../http/validate.js';
import type { Moment } from './case-reading.js';
import { ChoiceParameter, given, instantOf, TextParameter } from './query-fields.js';

export class MomentQuery {
  @TextParameter('An instant with its offset; the present where it is left out', 40)
  readonly asOf?: string;

  @ChoiceParameter(ORDERS, 'As it was known then, or as it had happened by then')
  readonly by?: Order;

  @TextParameter('A position; what the log holds is always read whole', 100)
  readonly atLeast?: string;
}

/**
 * Who reads, at which moment, in which order.
 * @throws ProblemError VALIDATION_FAILED, FORBIDDEN where the role may not look into the past
 */
export function momentOf(request: Request, query: MomentQuery): Moment {
  const { asOf, by = 'recorded' } = validated(MomentQuery, given(query));
  const at = instantOf(asOf, 'asOf');
  if (at !== undefined) requirePermission(request, 'replay');
  return {
    actor: actorOf(request),
    open: hasPermission(request, 'open_personal_data'),
    by,
    ...(at === undefined ? {} : { asOf: at }),
  };
}
