import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type * as Grpc from '@grpc/grpc-js';
import { appendHandler, type AppendLimits } from './append.js';
import { batchAppendHandler } from './batch-append.js';
import { featuresService, gossipService, type Member } from './cluster.js';
import { deleteHandlers } from './delete.js';
import { Faults } from './faults.js';
import { Groups } from './groups.js';
import { EventLog } from './log.js';
import { persistentService } from './persistent.js';
import { readHandler } from './read.js';
import { grpc, services } from './wire.js';

export interface DoubleOptions {
  /** Where its log is kept; another double on the same file goes on where this one stopped. */
  readonly file: string;
  /** 0 takes a free one. */
  readonly port?: number;
  readonly host?: string;
  readonly limits?: Partial<AppendLimits>;
  /** Without it, clients append call by call, as with servers before 21.10. */
  readonly batchAppend?: boolean;
  /** What gossip answers; this node as the leader by default. */
  readonly members?: () => readonly Member[];
}

const MIB = 1024 * 1024;

/** Stands in for an EventStoreDB node: the client's own protocol over gRPC, a log in a file, faults on demand. */
export interface EventStoreDouble {
  readonly host: string;
  readonly port: number;
  readonly connectionString: string;
  readonly faults: Faults;
  readonly log: EventLog;
  /** Like pulling the plug: connections are cut, the log stays. */
  stop(): Promise<void>;
}

export async function startDouble(options: DoubleOptions): Promise<EventStoreDouble> {
  const log = new EventLog(options.file);
  const groups = new Groups(log);
  const faults = new Faults();
  const limits = { maxAppendBytes: MIB, maxEventBytes: 16 * MIB, ...options.limits };
  const server = new grpc.Server({
    'grpc.max_receive_message_length': 17 * MIB,
    'grpc.max_concurrent_streams': 2 ** 20,
  });
  const context = { log, faults, limits };
  server.addService(services.streams, {
    read: readHandler(log, faults),
    append: appendHandler(context),
    batchAppend: batchAppendHandler(context),
    ...deleteHandlers(log, faults),
  });
  server.addService(services.persistent, persistentService(log, groups, faults));
  server.addService(services.features, featuresService(faults, options.batchAppend ?? true));
  const host = options.host ?? '127.0.0.1';
  const listener = new Listener(server);
  const port = await listener.listen(host, options.port ?? 0);
  const self: Member = { host, port, state: 'leader', alive: true };
  server.addService(services.gossip, gossipService(faults, options.members ?? (() => [self])));
  faults.dropConnections = () => listener.cut();
  let stopped = false;
  return {
    host,
    port,
    connectionString: `esdb://${host}:${port}?tls=false`,
    faults,
    log,
    async stop() {
      if (stopped) return;
      stopped = true;
      groups.close();
      await listener.close();
      server.forceShutdown();
      log.close();
    },
  };
}

/**
 * The sockets are ours, so that they can be cut without the HTTP/2 session's knowledge, as a broken network
 * does it (destroying a session from within can bring Node's HTTP/2 to a failed assertion).
 */
class Listener {
  readonly sockets = new Set<Socket>();
  private readonly server: Server;

  constructor(grpcServer: Grpc.Server) {
    const injector = grpcServer.createConnectionInjector(grpc.ServerCredentials.createInsecure());
    this.server = createServer({ noDelay: true }, (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
      socket.on('error', () => undefined);
      injector.injectConnection(socket);
    });
  }

  async listen(host: string, port: number): Promise<number> {
    this.server.listen(port, host);
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.cut();
    await closed;
  }
}
