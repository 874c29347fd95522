const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
const LOOPBACK_ADDRESSES = new Set(['localhost', '127.0.0.1', '::1']);

/**
 * Guards a server that is bound to loopback against DNS rebinding: a page of somebody else's may point its own host name
 * at 127.0.0.1, but cannot make the browser send ours (DESIGN "the console's live connection").
 * @returns whether a request with this `Host` header is answered
 */
export function hostCheck(boundTo: string, publicHosts: readonly string[]): (host: string | undefined) => boolean {
  if (!LOOPBACK_ADDRESSES.has(boundTo)) return () => true;
  const named = new Set(publicHosts);
  return (host) => {
    if (host === undefined) return false;
    const lower = host.toLowerCase();
    return LOOPBACK.has(withoutPort(lower)) || named.has(lower) || named.has(withoutPort(lower));
  };
}

const withoutPort = (host: string): string => host.replace(/:\d{1,5}$/, '');
