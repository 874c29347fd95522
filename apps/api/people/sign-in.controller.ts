import { Body, Controller, Get, Inject, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { ROLES, type Role } from '#kernel';
import { permissionsOf, type BegunSession, type Permission, type SignInLink } from '#organisation';
import { Engine } from '../engine.js';
import { SESSION_COOKIE } from '../http/access.js';
import { actorOf, type Reply, type Request } from '../http/context.js';
import { PAGE_HEADERS } from '../http/page-headers.js';
import { requirePermission } from '../http/permission.js';
import { ProblemError } from '../http/problems.js';
import { signedInPage, signInPage } from '../http/sign-in-page.js';
import { failed, validated } from '../http/validate.js';
import { granted } from './people.controller.js';

export class SignIn {
  @ApiProperty()
  @IsString()
  @Length(1, 512)
  readonly key!: string;
}

export class CreateSignInLink {
  @ApiProperty({ required: false, description: 'Default: the sender' })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  readonly personId?: string;

  @ApiProperty({ required: false, enum: ROLES, description: "Default: the sender's role" })
  @IsOptional()
  @IsIn(ROLES)
  readonly role?: Role;
}

export interface Me {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly unit?: string;
  readonly permissions: readonly Permission[];
  readonly testClock: boolean;
  readonly now: string;
}

/** Browser sessions: a key or a link that works once is changed for a cookie that no script can read. */
@ApiTags('sign-in')
@Controller()
export class SignInController {
  constructor(@Inject(Engine) private readonly engine: Engine) {}

  @Get('sign-in')
  @ApiOperation({ summary: 'Changes a link that works once for a session; without one, where to type a key' })
  async redeem(@Query('token') token: unknown, @Res() reply: Reply): Promise<void> {
    if (token === undefined) return this.page(reply, false);
    if (typeof token !== 'string') throw failed([{ field: 'token', problem: 'must be given once' }]);
    const session = granted(await this.engine.directory.redeemSignInLink(token));
    this.setCookie(reply, session);
    await reply.headers(PAGE_HEADERS).type('text/html; charset=utf-8').send(signedInPage);
  }

  @Post('sign-in')
  @ApiOperation({ summary: 'Changes a key for a session' })
  @ApiBody({ type: SignIn })
  async signIn(@Req() request: Request, @Body() body: unknown, @Res() reply: Reply): Promise<void> {
    const byForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
    const session = await this.engine.directory.beginSession(validated(SignIn, body).key);
    if (session === undefined) {
      if (byForm) return this.page(reply, true);
      throw new ProblemError('UNAUTHENTICATED', {}, 'This key is not known.');
    }
    this.setCookie(reply, session);
    if (byForm) await reply.redirect('/', 303);
    else await reply.code(200).send({ expiresAt: session.expiresAt });
  }

  @Post('sign-in-links')
  @ApiOperation({ summary: 'Makes a link that works once, within 15 minutes' })
  @ApiBody({ type: CreateSignInLink, required: false })
  async createLink(@Req() request: Request, @Body() body: unknown): Promise<SignInLink & { path: string }> {
    const actor = actorOf(request);
    const { personId = actor.id, role = actor.role as Role } = validated(CreateSignInLink, body);
    if (personId !== actor.id || role !== actor.role) requirePermission(request, 'manage_keys');
    const link = granted(await this.engine.directory.createSignInLink({ personId, role }));
    return { ...link, path: `/sign-in?token=${link.token}` };
  }

  @Post('sign-out')
  @ApiOperation({ summary: 'Ends the session' })
  async signOut(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const { session } = request.context;
    if (session !== undefined) await this.engine.directory.endSession(session);
    void reply.header('set-cookie', `${SESSION_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict`);
    await reply.code(200).send({});
  }

  @Get('me')
  @ApiOperation({ summary: 'Who am I, and what may I do' })
  me(@Req() request: Request): Me {
    const { id, role, unit } = actorOf(request);
    const { clock, test } = this.engine.time;
    return {
      id,
      name: this.engine.directory.listPeople().find((person) => person.id === id)?.name ?? id,
      role,
      ...(unit === undefined ? {} : { unit }),
      permissions: permissionsOf(role as Role),
      testClock: test !== undefined,
      now: clock.now(),
    };
  }

  private async page(reply: Reply, wrong: boolean): Promise<void> {
    await reply
      .headers(PAGE_HEADERS)
      .code(wrong ? 401 : 200)
      .type('text/html; charset=utf-8')
      .send(signInPage(wrong ? 'WRONG_KEY' : undefined));
  }

  private setCookie(reply: Reply, { cookie, expiresAt }: BegunSession): void {
    const seconds = Math.max(0, Math.floor((Date.parse(expiresAt) - Date.parse(this.engine.time.clock.now())) / 1000));
    const secure = this.engine.settings.tls === undefined ? '' : '; Secure';
    void reply.header(
      'set-cookie',
      `${SESSION_COOKIE}=${cookie}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`,
    );
  }
}
