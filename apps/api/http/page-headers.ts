/**
 * What a browser is told with every page: load files of ours only, run no inline script, be framed by nobody. Ant Design and
 * Swagger UI write style elements, which is why styles may stand inline. Set as one constant: a plugin that works them out
 * for each request would cost every command as much.
 */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'x-dns-prefetch-control': 'off',
};

/** Browsers ask for pages with this; nothing else of ours does. */
export const asksForPage = (method: string, accept: string | undefined): boolean =>
  method === 'GET' && accept !== undefined && accept.includes('text/html');
