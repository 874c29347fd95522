import { join } from 'node:path';
import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger } from 'pino';
import type { Reply, Request } from './http/context.js';
import type { Settings } from './start-up/settings.js';
import type { Telemetry } from './telemetry.js';

export interface Log {
  readonly logger: Logger;
  /** Writes what is still in memory. */
  flush(): void;
}

const FLUSH_EVERY_MS = 500;
const BUFFER_BYTES = 8192;

/**
 * The structured log: to a file in the data folder where people look at the terminal, else to stderr. Ids, codes, routes and
 * times only: no addresses with what was asked for, no headers, no bodies (EVENTS.md 9).
 */
export function openLog({ folder, logLevel }: Settings): Log {
  const dest = process.stderr.isTTY ? join(folder, 'redress.log') : 2;
  const stream = pino.destination({
    dest,
    sync: false,
    minLength: BUFFER_BYTES,
    periodicFlush: FLUSH_EVERY_MS,
    mkdir: true,
  } as Parameters<typeof pino.destination>[0]);
  const logger = pino(
    { level: logLevel, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err } },
    stream as unknown as DestinationStream,
  );
  return { logger, flush: () => flush(stream) };
}

function flush(stream: { flushSync(): void }): void {
  try {
    stream.flushSync();
  } catch {
    // It was not open yet, or is closed already: there is nothing to lose.
  }
}

/** Where it went wrong, never with what: the message of a foreign error may quote its input. */
const err = (error: unknown): unknown =>
  error instanceof Error
    ? { type: error.name, code: (error as { code?: string }).code, stack: framesOf(error) }
    : { type: typeof error };

const framesOf = (error: Error): string[] =>
  (error.stack ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '));

/** One line and one measurement per answer. */
export const requestObserver = (telemetry: Telemetry) => ({
  answered(request: Request, reply: Reply): void {
    const route = request.routeOptions.url ?? 'none';
    const { method } = request;
    const status = reply.statusCode;
    const durationMs = reply.elapsedTime;
    telemetry.requestAnswered(method, route, status, durationMs / 1000);
    const level = status >= 500 ? 'warn' : 'info';
    const { correlationId, actor } = request.context ?? {};
    request.log[level](
      {
        method,
        route,
        status,
        durationMs: Math.round(durationMs * 100) / 100,
        correlationId,
        actor: actor?.id,
        key: actor?.key,
      },
      'answered',
    );
  },
});

/** What Nest says of itself; its start-up chatter is of no use to an operator. */
export const nestLogger = (logger: Logger): LoggerService => ({
  log: (message: unknown) => logger.trace({ nest: String(message) }),
  warn: (message: unknown) => logger.warn({ nest: String(message) }),
  error: (message: unknown) => logger.error({ err: message }, 'nest'),
});
