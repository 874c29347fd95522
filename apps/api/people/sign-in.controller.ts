import { Body, Controller, Get, Inject, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { isRefusal, refuse, ROLES, type Refusal, type Role } from '#kernel';
import { permissionsOf, type BegunSession, type Permission, type SignInLink } from '#organisation';
import { Engine } from '../engine/engine.js';
import { SESSION_COOKIE } from '../http/access.js';
import { actorOf, type Reply, type Request } from '../http/context.js';
import { PAGE_HEADERS } from '../http/page-headers.js';
import { requirePermission } from '../http/permission.js';
import { ProblemError } from '../http/problems.js';
import { linkPage, signInPage } from '../http/sign-in-page.js';
import { failed, validated } from '../http/validate.js';
import { granted } from './people.controller.js';

/** One of the two. */
export class SignIn {
  @ApiProperty({ required: false })
  @IsOptional()
  @IsString()
  @Length(1, 512)
  readonly key?: string;

  @ApiProperty({ required: false, description: 'Of a link that works once' })
  @IsOptional()
  @IsString()
  @Length(1, 512)
  readonly token?: string;
}

const WRONG_KEY = 'WRONG_KEY';
const TOKEN = /^[A-Za-z0-9._~-]{1,256}$/;

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
  @ApiOperation({ summary: 'Where a link that works once leads, and where to type a key; looking uses nothing up' })
  async ask(@Query('token') token: unknown, @Res() reply: Reply): Promise<void> {
    if (token === undefined) return this.page(reply, signInPage());
    if (typeof token !== 'string') throw failed([{ field: 'token', problem: 'must be given once' }]);
    if (!TOKEN.test(token)) throw new ProblemError('SIGN_IN_LINK_UNKNOWN');
    await this.page(reply, linkPage(token));
  }

  @Post('sign-in')
  @ApiOperation({ summary: 'Changes a key, or the token of a link that works once, for a session' })
  @ApiBody({ type: SignIn })
  async signIn(@Req() request: Request, @Body() body: unknown, @Res() reply: Reply): Promise<void> {
    const byForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
    const session = await this.begun(validated(SignIn, body));
    if (isRefusal(session)) {
      if (byForm) return this.page(reply, signInPage(session.code), 401);
      if (session.code === WRONG_KEY) throw new ProblemError('UNAUTHENTICATED', {}, 'This key is not known.');
      throw new ProblemError(session.code, session.facts);
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

  private async begun({ key, token }: SignIn): Promise<BegunSession | Refusal> {
    if ((key === undefined) === (token === undefined))
      throw failed([{ field: 'key', problem: 'or token must be given' }]);
    if (token !== undefined) return this.engine.directory.redeemSignInLink(token);
    return (await this.engine.directory.beginSession(key!)) ?? refuse(WRONG_KEY);
  }

  private async page(reply: Reply, page: string, status = 200): Promise<void> {
    await reply.headers(PAGE_HEADERS).code(status).type('text/html; charset=utf-8').send(page);
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
