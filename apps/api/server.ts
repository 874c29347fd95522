import { existsSync } from 'node:fs';
import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { ApiModule } from './api.module.js';
import type { Endpoint } from '#event-store/endpoint';
import { Engine } from './engine/engine.js';
import { serveLog } from './esdb-endpoint.js';
import { edge } from './http/adapter.js';
import { ProblemFilter } from './http/answers.js';
import type { Reply } from './http/context.js';
import { ProblemError } from './http/problems.js';
import { nestLogger, openLog, requestObserver, type Log } from './logging.js';
import { openApiDocument } from './open-api.js';
import type { Settings } from './start-up/settings.js';
import { Telemetry } from './telemetry.js';
import { tlsFiles } from './start-up/tls-files.js';

/** An engine that answers over HTTP. */
export interface ApiServer {
  readonly url: string;
  readonly engine: Engine;
  readonly app: NestFastifyApplication;
  /** Where EventStoreDB clients are served, if they are. */
  readonly esdbPort: number | undefined;
  /** Answers what is under way, lets go of who follows the feed, and closes the engine. */
  close(): Promise<void>;
}

const CONSOLE = fileURLToPath(new URL('../../console', import.meta.url));

/** Opens the engine of the settings' folder and serves it. @throws WrongSettings, FolderInUse, and what the engine's parts throw */
export async function startServer(settings: Settings): Promise<ApiServer> {
  const log = openLog(settings);
  // A wrong file is said before anything is opened.
  tlsFiles(settings);
  const telemetry = new Telemetry();
  const engine = await Engine.open(settings, { logger: log.logger, telemetry });
  let endpoint: Endpoint | undefined;
  try {
    const app = await compose(engine, log, telemetry);
    endpoint = await serveLog(engine, log.logger);
    await app.listen({ port: settings.port, host: settings.host });
    const url = urlOf(app, settings);
    await engine.announce(url);
    log.logger.info({ url, folder: settings.folder }, 'listening');
    const esdbPort = endpoint?.port;
    return { url, engine, app, esdbPort, close: () => close(app, endpoint, engine, log) };
  } catch (error) {
    await endpoint?.close();
    await engine.close();
    throw error;
  }
}

/** The application with all its routes, not yet listening. */
export async function compose(engine: Engine, log: Log, telemetry: Telemetry): Promise<NestFastifyApplication> {
  const adapter = edge({
    settings: engine.settings,
    gatekeeper: engine.gatekeeper,
    logger: log.logger,
    observer: requestObserver(telemetry),
  });
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule.on(engine, telemetry), adapter, {
    logger: nestLogger(log.logger),
    bodyParser: false,
    abortOnError: false,
  });
  app.useGlobalFilters(new ProblemFilter());
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'Redress API',
  });
  await serveConsole(app);
  return app;
}

/** The console's pages. Like everything else they are there for who is signed in. */
async function serveConsole(app: NestFastifyApplication): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  const built = existsSync(CONSOLE);
  if (built) {
    await fastify.register(fastifyStatic, { root: CONSOLE, index: false, cacheControl: false, setHeaders: toCaches });
  }
  fastify.get('/', (_request, reply) => {
    if (!built) throw new ProblemError('UNKNOWN_ROUTE', {}, 'The console is not built: npm run build:console.');
    return (reply as Reply).type('text/html; charset=utf-8').sendFile('index.html');
  });
}

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** Files in `assets` have a hash of what they hold in their name; whatever else there is may be another tomorrow. */
function toCaches(reply: Reply, path: string): void {
  const isHashed = path.startsWith(join(CONSOLE, 'assets') + sep);
  void reply.header('cache-control', isHashed ? `private, max-age=${YEAR_SECONDS}, immutable` : 'no-cache');
}

function urlOf(app: NestFastifyApplication, { host, tls }: Settings): string {
  const { port } = app.getHttpServer().address() as AddressInfo;
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `${tls === undefined ? 'http' : 'https'}://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
}

/** A client that was answered keeps its connection for the next request; it is closed as soon as it lies idle. */
const SWEEP_EVERY_MS = 50;
/** Who has not been answered by then is let go. */
const LONGEST_DRAIN_MS = 10_000;

async function close(
  app: NestFastifyApplication,
  endpoint: Endpoint | undefined,
  engine: Engine,
  log: Log,
): Promise<void> {
  const http = app.getHttpServer() as HttpServer;
  const sweep = setInterval(() => http.closeIdleConnections(), SWEEP_EVERY_MS);
  const patience = setTimeout(() => http.closeAllConnections(), LONGEST_DRAIN_MS);
  await app.close();
  clearInterval(sweep);
  clearTimeout(patience);
  await endpoint?.close();
  await engine.close();
  log.logger.info('stopped');
  log.flush();
}
