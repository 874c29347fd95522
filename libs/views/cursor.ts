/** Where a page ended: opaque to clients, so that what it holds may change. */
export function encodeCursor(parts: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** @returns the parts, undefined where the text is no cursor of the kind that is asked for */
export function decodeCursor(cursor: string, kind: string, length: number): (string | number | null)[] | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (!Array.isArray(parts) || parts.length !== length || parts[0] !== kind) return undefined;
    return parts.every((part) => part === null || typeof part === 'string' || typeof part === 'number')
      ? parts
      : undefined;
  } catch {
    return undefined;
  }
}
