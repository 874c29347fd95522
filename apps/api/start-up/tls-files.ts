import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { WrongSettings, type Settings } from './settings.js';

export interface TlsFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** What the server shows of itself over TLS; undefined where it speaks none. @throws WrongSettings */
export function tlsFiles({ tls }: Pick<Settings, 'tls'>): TlsFiles | undefined {
  if (tls === undefined) return undefined;
  try {
    const files = { cert: readFileSync(tls.cert), key: readFileSync(tls.key) };
    createSecureContext(files);
    return files;
  } catch (error) {
    throw new WrongSettings(
      `REDRESS_TLS_CERT and REDRESS_TLS_KEY cannot be used (${(error as Error).message}): give a certificate and its key as PEM files.`,
    );
  }
}
