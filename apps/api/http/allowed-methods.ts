/** Which methods an address knows: a request with another one is told so, not that there is nothing (RFC 9110, 15.5.6). */
export class AllowedMethods {
  private readonly routes: { readonly methods: readonly string[]; readonly segments: readonly string[] }[] = [];

  /** @param route as Fastify announces it; one for all addresses (the console's files) says nothing of any of them */
  add({ method, url }: { readonly method: string | string[]; readonly url: string }): void {
    if (url.includes('*')) return;
    this.routes.push({ methods: [method].flat(), segments: url.split('/') });
  }

  /** The methods of the routes that answer an address, query left aside; none where there is nothing at all. */
  of(url: string): readonly string[] {
    const asked = url.split('?', 1)[0]!.split('/');
    const matching = this.routes.filter(({ segments }) => matches(segments, asked));
    return [...new Set(matching.flatMap(({ methods }) => methods))].sort();
  }
}

const matches = (segments: readonly string[], asked: readonly string[]): boolean =>
  segments.length === asked.length &&
  segments.every((segment, at) => (segment.startsWith(':') ? asked[at] !== '' : segment === asked[at]));
