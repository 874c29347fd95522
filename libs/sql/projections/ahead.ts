/**
 * Makes pieces ready one after the other, the next one while somebody is busy with the one before: a database in another
 * process works on rows meanwhile.
 */
export async function* ahead<Piece, Ready>(
  pieces: AsyncIterable<Piece> | Iterable<Piece>,
  ready: (piece: Piece) => Promise<Ready>,
): AsyncGenerator<{ readonly piece: Piece; readonly ready: Ready }> {
  const left = Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]();
  const take = async (): Promise<{ piece: Piece; ready: Ready } | undefined> => {
    const { value, done } = await left.next();
    return done ? undefined : { piece: value, ready: await ready(value) };
  };
  for (let it = await take(); it !== undefined;) {
    const next = take();
    // Where whoever is busy fails, nobody asks for the next one any more.
    next.catch(() => undefined);
    yield it;
    it = await next;
  }
}
