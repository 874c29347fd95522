import type sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import type { NewEvent } from '../../port.js';
import { handlerThrew, maxAppendSizeExceeded, missingMetadata } from '../failures.js';
import { idOf } from '../wire/messages.js';

/** EventStoreDB's handler throws on it, as on a type without a name. */
const NO_ID = '00000000-0000-0000-0000-000000000000';

/** `ProposedMessage` of Append and of BatchAppend. */
interface ProposedMessage {
  getId(): sharedPb.UUID | undefined;
  getMetadataMap(): { get(name: string): string | undefined };
  getCustomMetadata_asU8(): Uint8Array;
  getData_asU8(): Uint8Array;
}

/** The events of one append while they come in. Too many bytes are noticed at once, not when all of them are there. */
export class ProposedEvents {
  readonly events: NewEvent[] = [];
  private bytes = 0;

  constructor(private readonly maxAppendBytes: number) {}

  /** @throws Failure */
  add(message: ProposedMessage): void {
    const map = message.getMetadataMap();
    const type = map.get('type');
    if (type === undefined) throw missingMetadata('type');
    const contentType = map.get('content-type');
    if (contentType === undefined) throw missingMetadata('content-type');
    const id = idOf(message.getId());
    if (type === '' || id === NO_ID) throw handlerThrew();
    const [data, metadata] = [message.getData_asU8(), message.getCustomMetadata_asU8()];
    // As EventStoreDB counts: two bytes per UTF-16 unit of the type.
    this.bytes += data.length + metadata.length + 2 * type.length;
    if (this.bytes > this.maxAppendBytes) throw maxAppendSizeExceeded(this.maxAppendBytes);
    this.events.push({
      id,
      type,
      contentType: contentType === 'application/json' ? contentType : 'application/octet-stream',
      data,
      metadata,
    });
  }
}
