import { Body, Controller, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiHeader,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiProduces,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { IsOptional, IsString, Length } from 'class-validator';
import { packContent } from '#policy';
import { originOf } from '../commands/origin.js';
import { Engine } from '../engine/engine.js';
import type { Reply, Request } from '../http/context.js';
import { requirePermission } from '../http/permission.js';
import { ProblemError } from '../http/problems.js';
import { validated } from '../http/validate.js';
import { ChoiceParameter, given, instantOf } from '../queries/query-fields.js';
import { sendPublished } from './publishing.js';
import { shownPacks, shownVersion, type ShownPack } from './shown.js';

const MOST_CHARACTERS = 500_000;

export class PublishPack {
  @ApiProperty({ description: 'The pack, as YAML' })
  @IsString()
  @Length(1, MOST_CHARACTERS)
  readonly text!: string;

  @ApiPropertyOptional({
    description: 'When it takes effect; as soon as the notice period allows where left out (A-7)',
  })
  @IsOptional()
  @IsString()
  readonly effectiveFrom?: string;

  @ApiPropertyOptional({ description: 'The name that faults are reported under' })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  readonly fileName?: string;
}

export class VersionQuery {
  @ChoiceParameter(['json', 'text'], 'The pack with all that is on record, or its text as it was written')
  readonly as?: 'json' | 'text';
}

/** policy packs as they were announced, and which of them is in force. */
@ApiTags('policy')
@Controller('policies')
export class PoliciesController {
  constructor(@Inject(Engine) private readonly engine: Engine) {}

  @Get()
  @ApiOperation({ summary: 'The policy packs with their versions: announced, in force, replaced' })
  list(): { items: readonly ShownPack[] } {
    return { items: shownPacks(this.engine.rulebook, this.engine.clock.now()) };
  }

  @Get(':pack/:version')
  @ApiOperation({ summary: 'A version of a pack' })
  @ApiProduces('application/json', 'application/yaml')
  version(
    @Param('pack') pack: string,
    @Param('version') version: string,
    @Query() query: VersionQuery,
    @Res() reply: Reply,
  ): void {
    const { register } = this.engine.rulebook;
    const found = register.version(pack, version);
    if (found === undefined) throw new ProblemError('POLICY_NOT_FOUND', { pack, version });
    const { as = 'json' } = validated(VersionQuery, given(query));
    const { text } = found;
    if (as === 'text') return void reply.type('application/yaml; charset=utf-8').send(text);
    const shown = shownVersion(found, register.versions().get(pack)!, this.engine.clock.now());
    const answer = { pack, ...shown, name: found.policy.name, text, content: packContent(text) };
    void reply.type('application/json; charset=utf-8').send(JSON.stringify(answer));
  }

  @Post()
  @ApiOperation({
    summary: 'Publishes a version of a pack: it is announced now and takes effect after its notice period',
  })
  @ApiBody({ type: PublishPack })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiResponse({ status: 201, description: 'It is on record' })
  @ApiResponse({ status: 200, description: 'It was known' })
  async publish(@Req() request: Request, @Body() body: unknown, @Res() reply: Reply): Promise<void> {
    requirePermission(request, 'publish_rules');
    const { text, effectiveFrom, fileName = 'pack.yaml' } = validated(PublishPack, body);
    const at = instantOf(effectiveFrom, 'effectiveFrom');
    const pack = { text, fileName, ...(at === undefined ? {} : { effectiveFrom: at }) };
    sendPublished(reply, await this.engine.rulebook.publishPolicy(pack, originOf(request, this.engine)));
  }
}
