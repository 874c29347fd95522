import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { SESSION_COOKIE } from './http/access.js';

/** The OpenAPI document of all routes; docs/generated/openapi.json is made from it and checked for drift (DESIGN 10). */
export const openApiDocument = (app: INestApplication): OpenAPIObject =>
  SwaggerModule.createDocument(
    app,
    new DocumentBuilder()
      .setTitle('Redress')
      .setDescription(
        'The event-sourced engine for complaints and service cases. Errors are RFC 9457 problems with stable codes. ' +
          'A write answers with its position; a read takes `?atLeast=<position>` and so sees it.',
      )
      .setVersion('0.1')
      .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'A key' }, 'key')
      .addCookieAuth(SESSION_COOKIE, { type: 'apiKey', in: 'cookie', description: 'A browser session' }, 'session')
      .addSecurityRequirements('key')
      .addSecurityRequirements('session')
      .build(),
  );
