import { Controller, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CUSTOMER_COMMANDS, type CustomerCommandEntry } from '#customers';
import { deriveId, isRefusal } from '#kernel';
import { commandPath } from '../commands/routes.js';
import { originOf } from '../commands/origin.js';
import { etagOf, idempotencyKeyOf, sendExecuted, type Addressed } from '../commands/sending.js';
import { Engine } from '../engine/engine.js';
import { sendProblem } from '../http/answers.js';
import type { Reply, Request } from '../http/context.js';
import { PROBLEM_RESPONSES, WRITE_RESPONSE } from '../http/documented.js';
import { problemOf } from '../http/problems.js';
import { validated, type Constructor } from '../http/validate.js';
import { Telemetry } from '../telemetry.js';
import { CUSTOMER_BODIES } from './bodies.js';
import { customerIdOf } from './customers.controller.js';

/** The command that opens a file: `POST /customers`. */
const OPENING_COMMAND = 'RegisterCustomer';
const CUSTOMERS: Addressed = { path: '/customers', idName: 'customerId' };

/** `AssignTier` → `{id}/assign-tier`. */
export const customerPath = (name: string): string => (name === OPENING_COMMAND ? '' : `:id/${commandPath(name)}`);

/** A route per command on a customer's file, as cases have them. */
@ApiTags('customers')
@Controller('customers')
export class CustomerCommandsController {
  constructor(
    @Inject(Engine) readonly engine: Engine,
    @Inject(Telemetry) readonly telemetry: Telemetry,
  ) {}
}

/** As of a case, but for the name of the id. */
const CUSTOMER_WRITTEN = JSON.parse(
  JSON.stringify(WRITE_RESPONSE).replaceAll('caseId', 'customerId'),
) as typeof WRITE_RESPONSE;

const ROUTE_METHODS = CustomerCommandsController.prototype as unknown as Record<string, object>;

for (const entry of CUSTOMER_COMMANDS) if (!entry.internal) addRoute(entry);

function addRoute(entry: CustomerCommandEntry): void {
  const { name } = entry;
  const method = `customer${name}`;
  const type = CUSTOMER_BODIES[name as keyof typeof CUSTOMER_BODIES];
  const creates = name === OPENING_COMMAND;
  ROUTE_METHODS[method] = function (this: CustomerCommandsController, request: Request, reply: Reply): Promise<void> {
    return answer(this, { entry, type, creates }, request, reply);
  };
  const descriptor = Object.getOwnPropertyDescriptor(ROUTE_METHODS, method)!;
  Reflect.defineMetadata('design:paramtypes', [Object, Object], ROUTE_METHODS, method);
  Req()(ROUTE_METHODS, method, 0);
  Res()(ROUTE_METHODS, method, 1);
  const decorators: MethodDecorator[] = [
    Post(customerPath(name)),
    ApiOperation({ operationId: method, summary: entry.summary, description: `For ${entry.roles.join(', ')}.` }),
    ApiBody({ type: type as never, required: true }),
    ApiHeader({ name: 'Idempotency-Key', required: false, description: 'The same key again gives the first outcome.' }),
    ApiResponse({ status: creates ? 201 : 200, ...CUSTOMER_WRITTEN }),
    ...PROBLEM_RESPONSES,
    ...(creates ? [] : [ApiParam({ name: 'id' }), ApiHeader({ name: 'If-Match', required: false })]),
  ];
  for (const decorate of decorators) decorate(ROUTE_METHODS, method, descriptor);
}

interface Route {
  readonly entry: CustomerCommandEntry;
  readonly type: Constructor;
  readonly creates: boolean;
}

async function answer(
  { engine, telemetry }: CustomerCommandsController,
  { entry, type, creates }: Route,
  request: Request,
  reply: Reply,
): Promise<void> {
  const command = validated(type, request.body);
  const origin = originOf(request, engine, `customer ${entry.name}`);
  const id = creates
    ? deriveId(engine.vault.secret('customer-id'), origin.actor.id, idempotencyKeyOf(request))
    : customerIdOf(request);
  const ifMatch = etagOf(request.headers['if-match']);
  const outcome = await engine.customers.execute({
    ...{ id, create: creates, decide: entry.decide, command, ...origin },
    ...(ifMatch === undefined ? {} : { ifMatch }),
  });
  telemetry.commandAnswered(entry.name, outcome);
  if (isRefusal(outcome)) {
    const { code, facts } = outcome;
    return sendProblem(request, reply, problemOf({ code: code === 'NOT_FOUND' ? 'CUSTOMER_NOT_FOUND' : code, facts }));
  }
  sendExecuted(reply, CUSTOMERS, { id, outcome, created: creates });
}
