import { Controller, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { ProjectionStatus } from '#sql';
import { Engine } from '../engine/engine.js';
import type { Reply, Request } from '../http/context.js';
import { requirePermission } from '../http/permission.js';
import { ProblemError } from '../http/problems.js';
import { repeatsStatus } from '../automations/repeats.js';
import { Telemetry } from '../telemetry.js';

/** For those who run the engine: does it live, how far behind is it, what stands still. */
@ApiTags('operations')
@Controller()
export class OperationsController {
  constructor(
    @Inject(Engine) private readonly engine: Engine,
    @Inject(Telemetry) private readonly telemetry: Telemetry,
  ) {}

  @Get('health')
  @ApiOperation({ summary: 'Whether it lives and is ready; answers without a key' })
  async health(@Res() reply: Reply): Promise<void> {
    const checks = await this.engine.checks();
    const ready = Object.values(checks).every((state) => state === 'up');
    void reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'not ready', live: true, checks });
  }

  @Get('metrics')
  @ApiProduces('text/plain')
  @ApiOperation({ summary: 'For Prometheus' })
  async metrics(@Res() reply: Reply): Promise<void> {
    void reply.type(this.telemetry.registry.contentType).send(await this.telemetry.registry.metrics());
  }

  @Get('projections')
  @ApiOperation({ summary: 'Every view and automation: how far it is, and what stopped it' })
  async projections(): Promise<{ items: readonly object[]; automations: readonly object[] }> {
    return {
      items: this.engine.projector.status().map((view) => shownView(view, this.engine)),
      automations: [await repeatsStatus(this.engine)],
    };
  }

  @Post('projections/:name/rebuild')
  @HttpCode(202)
  @ApiOperation({ summary: 'Builds a view anew beside the live one' })
  async rebuild(@Req() request: Request, @Param('name') name: string): Promise<{ name: string; rebuilding: true }> {
    requirePermission(request, 'manage_projections');
    this.requireView(name);
    this.engine.background(`rebuild of ${name}`, this.engine.projector.rebuild(name));
    return { name, rebuilding: true };
  }

  @Post('projections/:name/retry')
  @HttpCode(200)
  @ApiOperation({ summary: 'Tries again what a view stopped at' })
  async retry(@Req() request: Request, @Param('name') name: string): Promise<{ name: string; wentThrough: number }> {
    requirePermission(request, 'manage_projections');
    this.requireView(name);
    return { name, wentThrough: await this.engine.projector.retry(name) };
  }

  private requireView(name: string): void {
    const names = this.engine.projector.status().map((view) => view.name);
    if (!names.includes(name)) throw new ProblemError('PROJECTION_NOT_FOUND', { names });
  }
}

/** Positions are tokens outside of the engine (EVENTS.md 4). */
function shownView({ checkpoint, parked, stopped, ...view }: ProjectionStatus, { feed }: Engine): object {
  return {
    ...view,
    checkpoint: checkpoint === undefined ? null : feed.tokenOf(checkpoint),
    parked: parked.map(({ position, ...partition }) => ({ ...partition, position: feed.tokenOf(position) })),
    stopped: stopped && { ...stopped, position: feed.tokenOf(stopped.position) },
  };
}
