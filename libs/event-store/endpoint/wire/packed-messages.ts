import type { Delivery, EventEncoder, UuidForm } from './event-encoder.js';

/** A pack is sent when it has so many bytes. */
const PACK_BYTES = 32 * 1024;
/** gRPC puts this before every message: one byte for "not compressed", four for the length. */
const FRAME_BYTES = 5;

/**
 * Several messages that go to the wire in one write. @grpc/grpc-js frames what `serialize` gives it: it writes the length of
 * all of it before it copies it behind that. A pack corrects the length to that of its first message while it is copied, and
 * brings the frames of the others along. A write per message would cost more than reading and encoding the event.
 */
class Pack extends Buffer {
  firstLength!: number;

  override copy(target: Uint8Array, targetStart = 0, ...range: number[]): number {
    const copied = super.copy(target, targetStart, ...range);
    new DataView(target.buffer, target.byteOffset).setUint32(targetStart - 4, this.firstLength);
    return copied;
  }
}

/** Collects events, and what comes between them, for one call. */
export class PackedMessages {
  private bytes = Buffer.allocUnsafe(PACK_BYTES);
  private length = 0;
  private firstLength = 0;

  constructor(
    private readonly encoder: EventEncoder,
    private readonly form: UuidForm,
  ) {}

  /** @returns whether it is time to send */
  add(delivery: Delivery): boolean {
    const sizes = this.encoder.measure(delivery, this.form);
    const start = this.frame(sizes.total);
    this.encoder.write(this.bytes, start, delivery, this.form, sizes);
    return this.length >= PACK_BYTES;
  }

  /** A message that is ready. @returns whether it is time to send */
  addReady(message: Buffer): boolean {
    message.copy(this.bytes, this.frame(message.length));
    return this.length >= PACK_BYTES;
  }

  /** What was collected, as one thing to write; undefined where there is nothing. */
  take(): Buffer | undefined {
    if (this.length === 0) return undefined;
    const pack = this.bytes.subarray(0, this.length);
    Object.setPrototypeOf(pack, Pack.prototype);
    (pack as Pack).firstLength = this.firstLength;
    this.bytes = Buffer.allocUnsafe(PACK_BYTES + PACK_BYTES / 4);
    this.length = 0;
    return pack;
  }

  /** Makes room for a message. @returns where it goes */
  private frame(messageBytes: number): number {
    const isFirst = this.length === 0;
    const start = isFirst ? 0 : this.length + FRAME_BYTES;
    const end = start + messageBytes;
    if (end > this.bytes.length) this.grow(end);
    if (isFirst) this.firstLength = messageBytes;
    else {
      this.bytes[this.length] = 0;
      this.bytes.writeUInt32BE(messageBytes, this.length + 1);
    }
    this.length = end;
    return start;
  }

  private grow(needed: number): void {
    const larger = Buffer.allocUnsafe(needed);
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}
