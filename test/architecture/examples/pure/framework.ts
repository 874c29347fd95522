// libs/kernel/handler.ts
import type { ICommandHandler } from '@nestjs/cqrs';

export type Handler = ICommandHandler;
