import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CASE_KINDS, CHANNELS, CIRCUMSTANCES, SEVERITIES } from '#cases';
import { Engine } from '../engine.js';
import { packInForce } from '../rules/composition.js';

/** What the pack in force names: categories, clocks, and the words of the domain, with labels where the pack has them. */
@ApiTags('policy')
@Controller('policy')
export class PolicyController {
  constructor(@Inject(Engine) private readonly engine: Engine) {}

  @Get()
  @ApiOperation({ summary: 'The pack in force: categories, severities, clocks, chains of escalation' })
  policy(): object {
    const pack = packInForce(this.engine.rulebook, this.engine.clock);
    return {
      pack: pack.id,
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
}
