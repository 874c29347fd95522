import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Server } from './server.js';

let server: Server;
beforeAll(async () => void (server = await Server.start()));
afterAll(() => server.end());

test('a browser keeps files that have a hash in their name, and asks each time whether the page is still the same', async () => {
  const page = await server.admin.get('/', { accept: 'text/html' });
  expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-cache']);
  const files = [...(page.body as string).matchAll(/"(\/assets\/[^"]+)"/g)].map(([, file]) => file!);
  expect(files.length).toBeGreaterThan(1);
  for (const file of files) {
    const { status, headers } = await server.admin.get(file);
    expect([file, status, headers.get('cache-control')]).toEqual([file, 200, 'private, max-age=31536000, immutable']);
  }
  expect(page.headers.get('etag')).toBeTruthy();
});

test('what the API answers is kept by nobody', async () => {
  expect((await server.admin.get('/cases')).headers.get('cache-control')).toBe('no-store');
  expect((await server.nobody.get('/', { accept: 'text/html' })).headers.get('cache-control')).toBe('no-store');
});
