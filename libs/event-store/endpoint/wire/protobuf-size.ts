/** How many bytes a number takes as a protobuf varint. Numbers up to 2^53. */
export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** How many bytes a field takes whose value is so many bytes long; its number is below 16. */
export const fieldSize = (length: number): number => 1 + varintSize(length) + length;

/** Writes a varint. @returns the offset behind it */
export function writeVarint(target: Buffer, offset: number, value: number): number {
  let rest = value;
  while (rest >= 128) {
    target[offset++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  target[offset++] = rest;
  return offset;
}

/** A field of bytes: tag and length. @returns the offset at which the bytes go */
export function writeHeader(target: Buffer, offset: number, field: number, length: number): number {
  target[offset++] = (field << 3) | 2;
  return writeVarint(target, offset, length);
}
