import { test } from '@jest/globals';
import { given, received } from '../testing/index.js';
import { addAttachment } from './index.js';

const photo = {
  attachmentId: 'a-1',
  keyId: 'k-1',
  ciphertextSha256: 'ab'.repeat(32),
  sizeBytes: 10,
  mediaType: 'image/jpeg',
  fileName: 'Anna at home.jpg',
  plaintextSha256: 'cd'.repeat(32),
};

test('EVENTS 6, 11: file name and plain checksum are sealed under the key of the bytes', () => {
  given(received())
    .when(addAttachment, photo)
    .gives(['AttachmentAdded', { attachmentId: 'a-1', ciphertextSha256: photo.ciphertextSha256, keyId: 'k-1' }])
    .sealed({
      fileName: { keyId: 'k-1', mentions: ['anna'] },
      plaintextSha256: { keyId: 'k-1', mentions: ['anna'] },
    })
    .leaves({ texts: [{ keyId: 'k-1', mentions: ['anna'] }] })
    .and()
    .when(addAttachment, photo)
    .refused('ATTACHMENT_THERE');
});
