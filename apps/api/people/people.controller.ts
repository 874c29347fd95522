import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Req } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsOptional,
  IsString,
  IsTimeZone,
  Length,
  Matches,
  ValidateIf,
} from 'class-validator';
import { isRefusal, ROLES, type Refusal, type Role } from '#kernel';
import {
  LANGUAGES,
  PERSON_KINDS,
  type ApiKey,
  type Language,
  type Person,
  type PersonKind,
  type Post as HeldPost,
} from '#organisation';
import { Engine } from '../engine/engine.js';
import type { Request } from '../http/context.js';
import { hasPermission, requirePermission } from '../http/permission.js';
import { ProblemError } from '../http/problems.js';
import { validated } from '../http/validate.js';

export class AddPerson {
  @ApiProperty({ enum: PERSON_KINDS })
  @IsIn(PERSON_KINDS)
  readonly kind!: PersonKind;

  @ApiProperty()
  @IsString()
  @Length(1, 200)
  readonly name!: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @Length(1, 100)
  readonly unit?: string;
}

/** Null takes a value away; what is left out stays. */
export class ChangePerson {
  @ApiPropertyOptional()
  @ValidateIf((it: ChangePerson) => it.name !== undefined)
  @IsString()
  @Length(1, 200)
  readonly name?: string;

  @ApiPropertyOptional({ type: String, nullable: true })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  readonly unit?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, description: 'Where notifications go' })
  @IsOptional()
  @IsEmail()
  readonly email?: string | null;

  @ApiPropertyOptional({ enum: LANGUAGES, nullable: true, description: 'Of notifications; both where it is not known' })
  @IsOptional()
  @IsIn(LANGUAGES)
  readonly language?: Language | null;

  @ApiPropertyOptional({ type: String, nullable: true, description: 'An IANA name; the pack’s where it is not known' })
  @IsOptional()
  @IsTimeZone()
  readonly timeZone?: string | null;
}

export class HoldPost {
  @ApiProperty({ description: 'As packs and cases name it, e.g. service_centre_head' })
  @Matches(/^[\p{L}\p{N}][\p{L}\p{N}._:@/-]{0,99}$/u, {
    message: 'post must be at most 100 letters, digits and "._:@/-"',
  })
  readonly post!: string;

  @ApiProperty({ type: [String], description: 'Who holds it from now on, in the place of those who held it' })
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @Length(1, 100, { each: true })
  readonly personIds!: string[];
}

export class IssueKey {
  @ApiProperty()
  @IsString()
  @Length(1, 100)
  readonly personId!: string;

  @ApiProperty({ enum: ROLES })
  @IsIn(ROLES)
  readonly role!: Role;

  @ApiProperty({ description: 'By which people know the key; unique among keys that stand' })
  @IsString()
  @Length(1, 100)
  readonly label!: string;
}

export class SetActive {
  @ApiProperty({ description: 'Whoever left keeps their place in history, but none of their keys lets them in' })
  @IsBoolean()
  readonly active!: boolean;
}

/** Where people can be reached is for who manages them. */
function shown(person: Person, request: Request): Person {
  if (hasPermission(request, 'manage_keys')) return person;
  const { email: _, ...rest } = person;
  return rest;
}

/** Who can come in: people and services, and the keys they hold (O-1). */
@ApiTags('people')
@Controller()
export class PeopleController {
  constructor(@Inject(Engine) private readonly engine: Engine) {}

  @Get('people')
  @ApiOperation({ summary: 'People and services' })
  people(@Req() request: Request): { items: Person[] } {
    requirePermission(request, 'read_people');
    return { items: this.engine.directory.listPeople().map((person) => shown(person, request)) };
  }

  @Post('people')
  @ApiOperation({ summary: 'Adds a person or a service' })
  @ApiBody({ type: AddPerson })
  async addPerson(@Req() request: Request, @Body() body: unknown): Promise<Person> {
    requirePermission(request, 'manage_keys');
    return this.engine.directory.addPerson(validated(AddPerson, body));
  }

  @Post('people/:id/active')
  @HttpCode(200)
  @ApiOperation({ summary: 'Lets a person come in, or no longer' })
  @ApiBody({ type: SetActive })
  async setActive(@Req() request: Request, @Param('id') id: string, @Body() body: unknown): Promise<Person> {
    requirePermission(request, 'manage_keys');
    return granted(await this.engine.directory.setPersonActive(id, validated(SetActive, body).active));
  }

  @Patch('people/:id')
  @ApiOperation({ summary: 'Where and how a person is notified; name and unit' })
  @ApiBody({ type: ChangePerson })
  async changePerson(@Req() request: Request, @Param('id') id: string, @Body() body: unknown): Promise<Person> {
    requirePermission(request, 'manage_keys');
    return granted(await this.engine.directory.changePerson(id, { ...validated(ChangePerson, body) }));
  }

  @Get('posts')
  @ApiOperation({ summary: 'Posts that packs and cases name, and who holds them' })
  posts(@Req() request: Request): { items: HeldPost[] } {
    requirePermission(request, 'read_people');
    return { items: this.engine.directory.listPosts() };
  }

  @Post('posts')
  @HttpCode(200)
  @ApiOperation({ summary: 'Says who holds a post' })
  @ApiBody({ type: HoldPost })
  async holdPost(@Req() request: Request, @Body() body: unknown): Promise<HeldPost> {
    requirePermission(request, 'manage_keys');
    return granted(await this.engine.directory.assignPost({ ...validated(HoldPost, body) }));
  }

  @Get('keys')
  @ApiOperation({ summary: 'Keys, never what they are' })
  keys(@Req() request: Request): { items: ApiKey[] } {
    requirePermission(request, 'manage_keys');
    return { items: this.engine.directory.listKeys() };
  }

  @Post('keys')
  @ApiOperation({ summary: 'Issues a key; it is shown this once' })
  @ApiBody({ type: IssueKey })
  async issueKey(@Req() request: Request, @Body() body: unknown): Promise<{ id: string; key: string }> {
    requirePermission(request, 'manage_keys');
    return granted(await this.engine.directory.issueKey(validated(IssueKey, body)));
  }

  @Delete('keys/:id')
  @ApiOperation({ summary: 'Revokes a key: it and its sessions end at once' })
  async revokeKey(@Req() request: Request, @Param('id') id: string): Promise<ApiKey> {
    requirePermission(request, 'manage_keys');
    return granted(await this.engine.directory.revokeKey(id));
  }
}

/** @throws ProblemError with the refusal's code and facts */
export function granted<T>(answer: T | Refusal): T {
  if (isRefusal(answer)) throw new ProblemError(answer.code, answer.facts);
  return answer as T;
}
