import type { Written } from './shapes.ts';

/** An answer that says no (RFC 9457), or `NETWORK` where there was no answer at all. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly facts: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail);
  }
}

const signedOutListeners = new Set<() => void>();

/** Calls back whenever the API says that nobody is signed in. */
export function onSignedOut(listener: () => void): () => void {
  signedOutListeners.add(listener);
  return () => signedOutListeners.delete(listener);
}

async function answer(path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(path, { ...init, credentials: 'same-origin', cache: 'no-store' }).catch((cause) => {
    if (init.signal?.aborted) throw cause;
    throw new Problem(0, 'NETWORK', '');
  });
  if (response.ok) return response;
  const body = (await response.json().catch(() => ({}))) as {
    code?: string;
    detail?: string;
    title?: string;
    facts?: Record<string, unknown>;
  };
  if (response.status === 401) for (const listener of signedOutListeners) listener();
  throw new Problem(
    response.status,
    body.code ?? `HTTP_${response.status}`,
    body.detail ?? body.title ?? response.statusText,
    body.facts,
  );
}

/** @param atLeast the position the answer must have reached, so that one sees what one was told of */
export async function read<T>(path: string, options: { signal?: AbortSignal; atLeast?: string } = {}): Promise<T> {
  const separator = path.includes('?') ? '&' : '?';
  const url = options.atLeast ? `${path}${separator}atLeast=${encodeURIComponent(options.atLeast)}` : path;
  const response = await answer(url, {
    headers: { Accept: 'application/json' },
    ...(options.signal ? { signal: options.signal } : {}),
  });
  return (await response.json()) as T;
}

export interface WriteOptions {
  readonly idempotencyKey?: string;
  readonly etag?: string;
}

export async function write<T = Written>(path: string, body: unknown, options: WriteOptions = {}): Promise<T> {
  return post(path, JSON.stringify(body), 'application/json', options);
}

/** Sends a file as it is. */
export async function sendFile(path: string, file: File, options: WriteOptions): Promise<Written> {
  return post(path, file, file.type || 'application/octet-stream', options);
}

async function post<T>(path: string, body: BodyInit, contentType: string, options: WriteOptions): Promise<T> {
  const response = await answer(path, {
    method: 'POST',
    headers: {
      Accept: 'application/json',
      'Content-Type': contentType,
      'X-Redress-CSRF': '1',
      ...(options.idempotencyKey ? { 'Idempotency-Key': options.idempotencyKey } : {}),
      ...(options.etag ? { 'If-Match': options.etag } : {}),
    },
    body,
  });
  const text = await response.text();
  return (text === '' ? {} : JSON.parse(text)) as T;
}

/** `crypto.randomUUID` exists on secure origins only; a console on an office network is not one. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * One key per distinct body: what is sent again after a lost answer is recognised, what was corrected is a new command
 * (EVENTS.md 2: the same id with another body is refused).
 */
export function keyPerBody(): (body: unknown) => string {
  let last = { body: '', key: '' };
  return (body) => {
    const text = JSON.stringify(body);
    if (last.body !== text) last = { body: text, key: newIdempotencyKey() };
    return last.key;
  };
}
