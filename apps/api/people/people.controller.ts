import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional, IsString, Length } from 'class-validator';
import { isRefusal, ROLES, type Refusal, type Role } from '#kernel';
import { PERSON_KINDS, type ApiKey, type Person, type PersonKind } from '#organisation';
import { Engine } from '../engine.js';
import type { Request } from '../http/context.js';
import { requirePermission } from '../http/permission.js';
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

/** Who can come in: people and services, and the keys they hold (O-1). */
@ApiTags('people')
@Controller()
export class PeopleController {
  constructor(@Inject(Engine) private readonly engine: Engine) {}

  @Get('people')
  @ApiOperation({ summary: 'People and services' })
  people(@Req() request: Request): { items: Person[] } {
    requirePermission(request, 'read_people');
    return { items: this.engine.directory.listPeople() };
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
