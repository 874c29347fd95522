import { InvalidArgument, StoreUnavailable } from '../errors.js';

/** What the words of TLS and of the client mean for a connection string. */
interface Reading {
  readonly says: RegExp;
  readonly means: string;
  /** Whether it stays so until somebody changes something, so that waiting makes no sense. */
  readonly isFinal: boolean;
}

const READINGS: readonly Reading[] = [
  {
    says: /wrong version number|packet length too long|unexpected message/i,
    means: 'It speaks no TLS there: say tls=false, or give the server a certificate.',
    isFinal: true,
  },
  {
    says: /self[- ]signed|unable to (get|verify)|certificate has expired|not yet valid|UNABLE_TO_|CERT_/i,
    means: 'Its certificate is not trusted here: name the authority that made it with tlsCAFile=…, or renew it.',
    isFinal: true,
  },
  {
    says: /does not match certificate|altnames/i,
    means: 'Its certificate is for other names: use one of them as the host, or give the server one for this name.',
    isFinal: true,
  },
  {
    says: /Failed to connect \(|ECONNRESET|socket hang up/,
    means: 'It takes connections and ends them: where the server uses TLS, say tls=true.',
    isFinal: false,
  },
];

/**
 * An opening that failed, in words that say what to do: what a wrong connection string causes is its fault, all else may come back
 * by itself.
 */
export function unreachable(name: string, { message }: Error, cause: unknown): InvalidArgument | StoreUnavailable {
  const said = message
    .replaceAll(/\s*Resolution note:\s*$/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  const reading = READINGS.find(({ says }) => says.test(said));
  const words = `EventStoreDB at ${name} cannot be used (${said}).${reading ? ` ${reading.means}` : ''}`;
  return reading?.isFinal ? new InvalidArgument(words) : new StoreUnavailable(words, false, { cause });
}
