import { Inject, type Provider } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import { CASE_COMMANDS, type CaseCommandEntry } from '#cases';
import type { Executed, Request } from '#execution';
import type { Refusal } from '#kernel';
import { Engine } from '../engine/engine.js';

/** Everything of a request but the decision, which follows from the command's name. */
export type Order = Omit<Request<object, never, never, never>, 'decide'>;

/** What travels over the bus: the bus tells commands apart by their class, so each has one. */
export abstract class Message {
  constructor(readonly order: Order) {}
}

type MessageClass = new (order: Order) => Message;

const MESSAGES = new Map<string, MessageClass>();

/** One handler per command of the registry: the class the bus needs and nothing else (DESIGN 13). */
export const COMMAND_HANDLERS: readonly Provider[] = CASE_COMMANDS.map(handlerOf);

/** The order as a message for the bus. */
export function messageOf(name: string, order: Order): Message {
  const type = MESSAGES.get(name);
  if (type === undefined) throw new Error(`there is no command ${name}`);
  return new type(order);
}

function handlerOf(definition: CaseCommandEntry): Provider {
  const MessageOfCommand = { [definition.name]: class extends Message {} }[definition.name]!;
  MESSAGES.set(definition.name, MessageOfCommand);

  @CommandHandler(MessageOfCommand as never)
  class Handler {
    constructor(@Inject(Engine) private readonly engine: Engine) {}

    execute({ order }: Message): Promise<Executed | Refusal> {
      return this.engine.executor.execute({ ...order, decide: definition.decide } as never);
    }
  }
  Object.defineProperty(Handler, 'name', { value: `${definition.name}Handler` });
  return Handler;
}
