import { Controller, Inject, Post, Req, Res, type Type } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { EMPTY_BODY } from '../http/empty-body.js';
import type { Reply, Request } from '../http/context.js';
import { PROBLEM_RESPONSES, WRITE_RESPONSE } from '../http/documented.js';
import { validated } from '../http/validate.js';
import { COMMAND_ROUTES, type CommandRoute } from './routes.js';
import { CommandSender } from './sending.js';

/** A route per command of the registry (DESIGN 8): what the registry does not name has none. */
@ApiTags('commands')
@Controller('cases')
export class CommandsController {
  constructor(@Inject(CommandSender) readonly sender: CommandSender) {}
}

const ROUTE_METHODS = CommandsController.prototype as unknown as Record<string, object>;

for (const route of COMMAND_ROUTES) addRoute(route);

function addRoute(route: CommandRoute): void {
  const { definition, creates } = route;
  const name = definition.name.charAt(0).toLowerCase() + definition.name.slice(1);
  const type = definition.command as Type<object>;
  ROUTE_METHODS[name] = function (this: CommandsController, request: Request, reply: Reply): Promise<void> {
    const command = validated(type, request.body);
    return this.sender.answer(
      { definition, command, creates, sentBytes: request.rawBody ?? EMPTY_BODY },
      request,
      reply,
    );
  };
  const descriptor = Object.getOwnPropertyDescriptor(ROUTE_METHODS, name)!;
  Reflect.defineMetadata('design:paramtypes', [Object, Object], ROUTE_METHODS, name);
  Req()(ROUTE_METHODS, name, 0);
  Res()(ROUTE_METHODS, name, 1);
  const decorators: MethodDecorator[] = [
    Post(route.path),
    ApiOperation({
      operationId: name,
      summary: definition.summary,
      description: `For ${definition.roles.join(', ')}.`,
    }),
    ApiBody({ type, required: creates }),
    ApiHeader({ name: 'Idempotency-Key', required: false, description: 'The same key again gives the first outcome.' }),
    ApiResponse({ status: creates ? 201 : 200, ...WRITE_RESPONSE }),
    ...PROBLEM_RESPONSES,
    ...(creates ? [] : [ApiParam({ name: 'id' }), ApiHeader({ name: 'If-Match', required: false })]),
  ];
  for (const decorate of decorators) decorate(ROUTE_METHODS, name, descriptor);
}
