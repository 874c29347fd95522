// A server in a process of its own: `serve.js <folder> [port]` opens the log in the folder, lets anybody do anything on
// loopback, and prints where it is.
import { openEmbeddedEventStore } from '../../embedded/index.js';
import { startEndpoint } from '../index.js';

const [folder, port = '0'] = process.argv.slice(2);
const onFault = (error: unknown): void =>
  void process.stderr.write(`fault: ${error instanceof Error ? error.stack : String(error)}\n`);
const store = await openEmbeddedEventStore({ folder: folder!, onFault });
const endpoint = await startEndpoint({
  store,
  access: { authenticate: () => undefined, isOwn: () => false, foreignWrites: true, insecure: true },
  host: '127.0.0.1',
  port: Number(port),
  onFault,
});
process.stdout.write(`esdb://127.0.0.1:${endpoint.port}?tls=false\n`);

process.on('SIGTERM', () => {
  void endpoint
    .close()
    .then(() => store.close())
    .then(() => process.exit(0));
});
