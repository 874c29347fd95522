import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiParam, ApiTags, getSchemaPath, ApiExtraModels } from '@nestjs/swagger';
import { isRefusal } from '#kernel';
import {
  FileUnreadable,
  ORGANISATION_COMMANDS,
  type ImportSummary,
  type OrganisationCommand,
  type OrganisationCommandName,
} from '#organisation';
import { openParts } from '#privacy';
import { commandPath } from '../commands/routes.js';
import { originOf } from '../commands/origin.js';
import { Engine } from '../engine/engine.js';
import { actorOf, type Reply, type Request } from '../http/context.js';
import { requirePermission, hasPermission } from '../http/permission.js';
import { problemOf, ProblemError } from '../http/problems.js';
import { validated } from '../http/validate.js';
import { given, instantOf, TextParameter } from '../queries/query-fields.js';
import { ImportOrganisationBody, ORGANISATION_BODIES } from './bodies.js';
import { importFile, strangerIn, unknownPackIn } from './sending.js';
import { Shown, type Finding, type ShownOrganisation } from './shown.js';

const ROUTES = new Map<string, OrganisationCommandName>(ORGANISATION_COMMANDS.map((name) => [commandPath(name), name]));

export class OrganisationQuery {
  @TextParameter('The instant that is asked for; now where left out', 40)
  readonly at?: string;

  @TextParameter('As it was on record at this instant; now where left out (EVENTS 14)', 40)
  readonly known?: string;
}

/** An entry of the organisation's own history. */
interface ShownChange {
  readonly id: string;
  readonly type: string;
  readonly recordedAt: string;
  readonly by: string;
  readonly data: object;
  /** Left out where none was given, `withheld` for who may not see personal words. */
  readonly reason?: string;
}

/** O-1…O-3: units, posts, who holds them and who stands in. */
@ApiTags('organisation')
@Controller('organisation')
export class OrganisationController {
  constructor(@Inject(Engine) private readonly engine: Engine) {}

  @Get()
  @ApiOperation({ summary: 'Units with who holds their posts, at an instant, as it was known at an instant' })
  show(@Req() request: Request, @Query() query: OrganisationQuery): ShownOrganisation {
    requirePermission(request, 'read_people');
    return this.shown(query).organisation();
  }

  @Get('check')
  @ApiOperation({
    summary: 'Posts that must be held and are not (O-2), and posts that the pack names and nobody holds',
  })
  check(@Req() request: Request, @Query() query: OrganisationQuery): { items: readonly Finding[] } {
    requirePermission(request, 'read_people');
    return { items: this.shown(query).findings(this.engine.policy) };
  }

  @Get('changes')
  @ApiOperation({
    summary: 'All that was ever recorded of the organisation, changes of liaison with their reason (O-2)',
  })
  async changes(@Req() request: Request): Promise<{ items: readonly ShownChange[] }> {
    requirePermission(request, 'read_people');
    const events = await this.engine.organisation.history();
    const opened = hasPermission(request, 'open_personal_data')
      ? await openParts(this.engine.vault, async () => new Set(), events)
      : undefined;
    const items = events.map(({ id, type, data, personal, meta }, index) => {
      const part = opened?.[index]?.personal['reason'];
      const reason = part !== undefined && 'value' in part ? String(part.value) : 'withheld';
      const known = 'reason' in personal ? { reason } : {};
      return { id, type, recordedAt: meta.recordedAt, by: meta.actor.id, data, ...known };
    });
    return { items };
  }

  @Post('import')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Brings an organisation file on record, row by row; what is on record already is recognised',
  })
  @ApiBody({ type: ImportOrganisationBody })
  async import(@Req() request: Request, @Body() body: unknown): Promise<ImportSummary> {
    requirePermission(request, 'manage_organisation');
    const order = validated(ImportOrganisationBody, body);
    // People are the affair of who may manage them, whoever asks for it.
    if (order.createPeople === true) requirePermission(request, 'manage_keys');
    const by = { actor: actorOf(request), correlationId: request.context.correlationId };
    try {
      return await importFile(order, this.engine, by);
    } catch (error) {
      if (error instanceof FileUnreadable) throw new ProblemError('FILE_UNREADABLE', {}, error.message);
      throw error;
    }
  }

  @Post(':command')
  @ApiOperation({ summary: 'Records a change of the organisation' })
  @ApiParam({ name: 'command', enum: [...ROUTES.keys()] })
  @ApiExtraModels(...Object.values(ORGANISATION_BODIES))
  @ApiBody({ schema: { oneOf: Object.values(ORGANISATION_BODIES).map((type) => ({ $ref: getSchemaPath(type) })) } })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'The same key again gives the first outcome.' })
  async command(
    @Req() request: Request,
    @Param('command') command: string,
    @Body() body: unknown,
    @Res() reply: Reply,
  ): Promise<void> {
    requirePermission(request, 'manage_organisation');
    const name = ROUTES.get(command);
    if (name === undefined) throw new ProblemError('UNKNOWN_ROUTE', { commands: [...ROUTES.keys()] });
    const order = { name, command: validated(ORGANISATION_BODIES[name], body) } as OrganisationCommand;
    const outcome =
      strangerIn(order, this.engine.directory) ??
      unknownPackIn(order, this.engine.rulebook) ??
      (await this.engine.organisation.execute(order, originOf(request, this.engine)));
    if (isRefusal(outcome)) throw new ProblemError(outcome.code, outcome.facts, problemOf(outcome).detail);
    const { position, result, repeated } = outcome;
    void reply.code(200).header('content-type', 'application/json; charset=utf-8');
    if (position !== '') void reply.header('redress-position', position);
    if (repeated) void reply.header('idempotency-replayed', 'true');
    void reply.send(JSON.stringify({ result }));
  }

  private shown(query: OrganisationQuery): Shown {
    const { at, known } = validated(OrganisationQuery, given(query));
    const now = this.engine.clock.now();
    const moment = { at: instantOf(at, 'at') ?? now, known: instantOf(known, 'known') ?? now };
    return new Shown(this.engine.organisation.register, this.engine.directory, moment);
  }
}
