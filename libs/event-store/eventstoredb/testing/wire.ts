import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A wire between a client and the endpoint that can go dead without being closed. */
export class Wire {
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async to(port: number): Promise<Wire> {
    const server = createServer();
    const wire = new Wire(server);
    server.on('connection', (near) => {
      const far = connect(port, '127.0.0.1');
      near.pipe(far).pipe(near);
      for (const socket of [near, far]) {
        wire.sockets.add(socket);
        socket.on('error', () => socket.destroy());
        socket.on('close', () => wire.sockets.delete(socket));
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return wire;
  }

  get url(): string {
    return `esdb://127.0.0.1:${(this.server.address() as AddressInfo).port}?tls=false`;
  }

  /** What is connected now hears nothing any more; new connections work. */
  cut(): void {
    for (const socket of this.sockets) {
      socket.unpipe();
      socket.pause();
    }
  }

  /** Who was cut off is gone for the endpoint, too. */
  bury(): void {
    for (const socket of this.sockets) if (socket.isPaused()) socket.destroy();
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }
}
