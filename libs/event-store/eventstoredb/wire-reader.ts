/** Walks the fields of a protobuf message without making objects of it. */
export class WireReader {
  constructor(
    private readonly bytes: Buffer,
    private offset = 0,
    private readonly end = bytes.length,
  ) {}

  /** The number of the next field; 0 at the end. Its value has to be taken or skipped. */
  field(): number {
    if (this.offset >= this.end) return 0;
    const tag = this.number();
    this.wireType = tag & 7;
    return tag >>> 3;
  }

  private wireType = 0;

  /** A varint up to 2^53. */
  number(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.bytes[this.offset++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  }

  /** A varint of 64 bits. */
  bigint(): bigint {
    const start = this.offset;
    const value = this.number();
    if (value <= Number.MAX_SAFE_INTEGER) return BigInt(value);
    let exact = 0n;
    for (let at = this.offset - 1; at >= start; at--) exact = (exact << 7n) | BigInt(this.bytes[at]! & 127);
    return BigInt.asUintN(64, exact);
  }

  /** The bytes of a field, not copied. */
  slice(): Buffer {
    const length = this.number();
    return this.bytes.subarray(this.offset, (this.offset += length));
  }

  text(): string {
    const length = this.number();
    return this.bytes.toString('utf8', this.offset, (this.offset += length));
  }

  /** A message within. */
  message(): WireReader {
    const length = this.number();
    return new WireReader(this.bytes, this.offset, (this.offset += length));
  }

  skip(): void {
    if (this.wireType === 0) this.number();
    else if (this.wireType === 2) this.slice();
    else this.offset += this.wireType === 1 ? 8 : 4;
  }
}
