// The ceiling for durable commands over HTTP: a bare Nest and Fastify server that inserts as many rows of as many bytes per
// request as the engine does. With BARE_WORK=full it also checks the key, encrypts the personal parts and hashes the events.
import 'reflect-metadata';
import { createCipheriv, createHmac, hash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Body, Controller, Headers, HttpException, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Row } from './writer.js';

const settings = {
  full: process.env.BARE_WORK === 'full',
  folder: process.env.BARE_FOLDER!,
  key: process.env.BARE_KEY!,
  events: Number(process.env.BARE_EVENTS),
  parts: Number(process.env.BARE_PARTS),
  dataBytes: Number(process.env.BARE_DATA_BYTES),
  metadataBytes: Number(process.env.BARE_METADATA_BYTES),
};

const pepper = randomBytes(32);
const digest = (key: string): Buffer => createHmac('sha256', pepper).update(key).digest();
const expected = digest(settings.key);
const partKey = randomBytes(32);

/** Rows wait while the writer commits and go together in the next commit. */
class GroupCommit {
  private readonly writer = new Worker(new URL('./writer.js', import.meta.url), {
    workerData: { file: join(settings.folder, 'bare.db') },
  });
  private waiting: { rows: readonly Row[]; done: () => void }[] = [];
  private committing: (() => void)[] = [];

  constructor() {
    this.writer.on('message', () => {
      for (const done of this.committing) done();
      this.committing = [];
      this.send();
    });
  }

  insert(rows: readonly Row[]): Promise<void> {
    return new Promise((done) => {
      this.waiting.push({ rows, done });
      if (this.committing.length === 0) setImmediate(() => this.committing.length === 0 && this.send());
    });
  }

  private send(): void {
    if (this.waiting.length === 0) return;
    this.committing = this.waiting.map(({ done }) => done);
    this.writer.postMessage(this.waiting.flatMap(({ rows }) => rows));
    this.waiting = [];
  }
}

function sealed(text: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', partKey, nonce);
  return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

/** As many bytes as the engine writes: what the request brought, filled up. */
function row(stream: string, revision: number, parts: string, prev: string): { row: Row; hash: string } {
  const data = Buffer.from(parts.padEnd(settings.dataBytes, 'x').slice(0, settings.dataBytes));
  const metadata = Buffer.from(prev.padEnd(settings.metadataBytes, 'x').slice(0, settings.metadataBytes));
  const next = settings.full ? hash('sha256', Buffer.concat([data, metadata]), 'hex') : prev;
  return { row: [stream, revision, data, metadata], hash: next };
}

@Controller()
class BareController {
  private readonly log = new GroupCommit();

  @Post('cases')
  async receive(@Body() body: { content: string }, @Headers('authorization') authorization = ''): Promise<object> {
    if (settings.full && !timingSafeEqual(digest(authorization.slice(7)), expected))
      throw new HttpException('key', 401);
    const text = JSON.stringify(body);
    const parts = settings.full
      ? Array.from({ length: settings.parts }, () => sealed(text.slice(0, text.length / settings.parts))).join()
      : text;
    const stream = randomUUID();
    const rows: Row[] = [];
    let prev = '';
    for (let revision = 0; revision < settings.events; revision++) {
      const made = row(stream, revision, revision === 0 ? parts : '', prev);
      rows.push(made.row);
      prev = made.hash;
    }
    await this.log.insert(rows);
    return { caseId: stream, revision: settings.events - 1 };
  }
}

@Module({ controllers: [BareController] })
class BareModule {}

const app = await NestFactory.create<NestFastifyApplication>(BareModule, new FastifyAdapter(), { logger: false });
await app.listen(0, '127.0.0.1');
process.stdout.write(`${await app.getUrl()}\n`);
