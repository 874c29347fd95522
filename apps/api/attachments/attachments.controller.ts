import { Readable } from 'node:stream';
import { Controller, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiProduces, ApiQuery, ApiTags } from '@nestjs/swagger';
import { isWellFormed, newId } from '#kernel';
import { AttachmentAltered, AttachmentMissing, AttachmentTooLarge, MissingKey } from '#privacy';
import { caseIdOf, CommandSender } from '../commands/sending.js';
import { caseCommand } from '#cases';
import { Engine } from '../engine/engine.js';
import { actorOf, type Reply, type Request } from '../http/context.js';
import { requirePermission } from '../http/permission.js';
import { ProblemError } from '../http/problems.js';
import { failed, validated } from '../http/validate.js';

const MEDIA_TYPE = /^[a-z0-9][a-z0-9_.+-]{0,126}\/[a-z0-9][a-z0-9_.+-]{0,126}$/;
const LONGEST_NAME = 255;

/** Files of a case: encrypted on the way in, opened on the way out for those who may (EVENTS.md 11). */
@ApiTags('attachments')
@Controller('cases/:id/attachments')
export class AttachmentsController {
  constructor(
    @Inject(Engine) private readonly engine: Engine,
    @Inject(CommandSender) private readonly sender: CommandSender,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Adds a file; its bytes are the body' })
  @ApiQuery({ name: 'fileName', required: true })
  @ApiConsumes('application/octet-stream')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  async add(@Req() request: Request, @Query('fileName') name: unknown, @Res() reply: Reply): Promise<void> {
    const definition = caseCommand('AddAttachment');
    const actor = actorOf(request);
    if (!definition.roles.includes(actor.role as never))
      throw new ProblemError('ROLE_NOT_ALLOWED', { role: actor.role });
    const fileName = fileNameOf(name);
    const mediaType = mediaTypeOf(request);
    if ((await this.engine.executor.load(caseIdOf(request))) === undefined) throw new ProblemError('CASE_NOT_FOUND');
    await this.engine.vault.ready();
    const keyId = this.engine.vault.newKey();
    const stored = await this.stored(request, keyId);
    const command = validated(definition.command as never, {
      ...stored,
      attachmentId: newId(),
      keyId,
      mediaType,
      fileName,
    });
    // The key is new each time, so what recognises the upload is what was uploaded, not how it was encrypted.
    const sentBytes = Buffer.from(JSON.stringify([fileName, mediaType, stored.plaintextSha256]));
    await this.sender.answer({ definition, command, creates: false, sentBytes }, request, reply);
  }

  @Get(':attachmentId')
  @ApiOperation({ summary: 'The file' })
  @ApiProduces('application/octet-stream')
  async get(@Req() request: Request, @Param('attachmentId') attachmentId: string, @Res() reply: Reply): Promise<void> {
    requirePermission(request, 'open_personal_data');
    const shown = await this.engine.reading.attachment(caseIdOf(request), attachmentId);
    if (shown === undefined) throw new ProblemError('ATTACHMENT_NOT_FOUND');
    const { ciphertextSha256, keyId, mediaType, fileName, sizeBytes } = shown;
    const content = await this.engine.attachments.get(ciphertextSha256, keyId).catch((error: unknown) => {
      if (error instanceof MissingKey) throw new ProblemError('ATTACHMENT_ERASED');
      if (error instanceof AttachmentMissing || error instanceof AttachmentAltered)
        throw new ProblemError('ATTACHMENT_DAMAGED');
      throw error;
    });
    // Whatever somebody attached is handed over as a file: a page of theirs must not run as one of ours.
    void reply
      .header('content-type', mediaType)
      .header('content-length', sizeBytes)
      .header('content-disposition', disposition(fileName))
      .header('content-security-policy', "sandbox; default-src 'none'");
    await reply.send(content);
  }

  private async stored(request: Request, keyId: string) {
    const content = request.rawBody === undefined ? request.raw : Readable.from([request.rawBody]);
    try {
      return await this.engine.attachments.put(content, { keyId });
    } catch (error) {
      if (error instanceof AttachmentTooLarge) throw new ProblemError('TOO_LARGE', { limitBytes: error.limitBytes });
      throw error;
    }
  }
}

function fileNameOf(name: unknown): string {
  if (typeof name !== 'string' || name === '' || name.length > LONGEST_NAME || !isWellFormed(name)) {
    throw failed([{ field: 'fileName', problem: `must be given once, with 1 to ${LONGEST_NAME} characters` }]);
  }
  return name;
}

function mediaTypeOf(request: Request): string {
  const type = request.headers['content-type']?.split(';')[0]!.trim().toLowerCase() ?? 'application/octet-stream';
  if (!MEDIA_TYPE.test(type)) throw new ProblemError('WRONG_CONTENT_TYPE', {}, 'The content type is none.');
  return type;
}

/** A name for programs that know ASCII only, and the real one beside it (RFC 6266, RFC 8187). */
export function disposition(fileName: string): string {
  const base = fileName.replace(/^.*[\\/]/s, '') || 'file';
  const plain = base.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(base).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
