import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CASE_KINDS, CHANNELS, CIRCUMSTANCES, SEVERITIES } from '#cases';
import { Engine } from '../engine/engine.js';
import { validated } from '../http/validate.js';
import { packOfUnit } from '../organisation/composition.js';
import { packInForce } from '../rules/composition.js';
import { shownField } from './case-rules.js';
import { given, TextParameter } from './query-fields.js';

export class PolicyQuery {
  @TextParameter('The pack that this unit works under; that of the desk where it has none, or is left out', 64)
  readonly unit?: string;
}

/** What the pack in force names: categories, clocks, and the words of the domain, with labels where the pack has them. */
@ApiTags('policy')
@Controller('policy')
export class PolicyController {
  constructor(@Inject(Engine) private readonly engine: Engine) {}

  @Get()
  @ApiOperation({ summary: 'The pack in force: categories, severities, clocks, chains of escalation' })
  policy(@Query() query: PolicyQuery): object {
    const { unit } = validated(PolicyQuery, given(query));
    const pack = packInForce(this.engine.rulebook, this.engine.clock, this.packOf(unit));
    return {
      pack: pack.id,
      fields: pack.fields.map(shownField),
      version: pack.version,
      name: pack.name,
      categories: pack.categories,
      severities: SEVERITIES,
      kinds: CASE_KINDS,
      channels: CHANNELS,
      circumstances: CIRCUMSTANCES,
      currency: pack.currency,
      customers: pack.customers,
      clocks: pack.clocks.map(({ id, label, budget, countsFrom, source }) => ({
        id,
        label,
        budget: pack.written(budget),
        countsFrom,
        source,
      })),
      escalations: pack.escalations.map(({ id, label, levels, source }) => ({
        id,
        label,
        levels: levels.map(({ to, acknowledgeWithin }) => ({
          to,
          ...(acknowledgeWithin === undefined ? {} : { acknowledgeWithin: pack.written(acknowledgeWithin) }),
        })),
        source,
      })),
    };
  }

  private packOf(unit: string | undefined): string | undefined {
    return unit === undefined ? undefined : packOfUnit(this.engine.organisation)(unit, this.engine.clock.now());
  }
}
