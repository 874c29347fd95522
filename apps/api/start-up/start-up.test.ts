import { expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFolder, shareFolder } from '../engine/data-folder.js';
import { tlsFiles } from './tls-files.js';

test('a folder that cannot be used, and files that are no certificate, are said by the name of their setting', () => {
  const folder = mkdtempSync(join(tmpdir(), 'redress-start-'));
  const file = join(folder, 'file');
  writeFileSync(file, 'neither a folder nor a certificate');
  for (const take of [lockFolder, shareFolder]) {
    expect(() => take(file)).toThrow(expect.objectContaining({ code: 'FOLDER_UNUSABLE' }));
    expect(() => take(join(file, 'below'))).toThrow(/^REDRESS_DATA: the folder .*below cannot be used/);
  }
  for (const cert of [file, join(folder, 'nowhere')]) {
    expect(() => tlsFiles({ tls: { cert, key: cert } })).toThrow(
      /^REDRESS_TLS_CERT and REDRESS_TLS_KEY cannot be used/,
    );
  }
  rmSync(folder, { recursive: true });
});
