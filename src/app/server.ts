import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger as NestLogger } from 'nestjs-pino';
import type { AddressInfo } from 'node:net';
import { AccessGuard } from '../identity/index.js';
import { ReadModels, removeReadModels } from '../projection/index.js';
import { bootstrap, FirstStart } from './bootstrap.js';
import { Settings } from './config/settings.js';
import { DataFolderLock } from './data-folder-lock.js';
import { EvidenceHost } from './evidence/evidence-host.js';
import { Foundation, openFoundation } from './foundation.js';
import { fastifyAdapter } from './http/fastify.js';
import { Metrics } from './http/metrics.js';
import { ReadGate } from './http/read-gate.js';
import { ReadRecorder } from './http/read-recorder.js';
import { serveOpenApi } from './http/openapi.js';
import { readTls, renewTls, Tls } from './http/tls.js';
import { layout } from './layout.js';
import { createLogger, logRequests } from './logging.js';
import { ProjectionHost } from './projection/projection-host.js';
import { ServerModule } from './server.module.js';
import { errors } from '../core/index.js';

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  readonly foundation: Foundation;
  /** Set only when this start made the first administrator: the password is shown once and kept nowhere. */
  readonly firstStart: FirstStart | undefined;
  /** Reads the certificate again, for connections to come. What is wrong with it is logged, and the old one stays. */
  renewTls(): void;
  /** Stops taking requests, answers those it has, and closes the log. */
  stop(): Promise<void>;
}

/** Opens the log, brings the read models up to date, and listens. */
export async function startServer(settings: Settings): Promise<RunningServer> {
  const logger = createLogger(settings);
  const tls = readTls(settings);
  const foundation = await openFoundation(settings);
  const closers: (() => Promise<void> | void)[] = [() => foundation.close()];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
    logger.flush();
  };
  try {
    const lock = DataFolderLock.shared(settings.data);
    if (!lock)
      throw errors.unavailable(
        'rebuild-running',
        `the read models in ${settings.data} are being rebuilt; start the server when that is done`,
      );
    closers.push(() => lock.release());
    // Nobody rebuilds while we hold the folder: what lies there was left by a rebuild that was killed.
    removeReadModels(layout(settings).building);
    const projections = new ProjectionHost(settings, settings.readWaitMs, logger);
    closers.push(() => projections.stop());
    await projections.ready();
    const readModels = new ReadModels(layout(settings).readModels);
    closers.push(() => readModels.close());
    // Closed after the app: what the last requests wrote is signed at shutdown.
    const evidence = new EvidenceHost(foundation, logger);
    closers.push(() => evidence.stop());
    const app = await createApp(settings, tls, { foundation, projections, readModels, evidence, logger });
    closers.push(() => closeWithin(app, settings.shutdownMs));
    await app.init();
    // Only now: Nest's own start-up lines are of no use to anyone who runs a server.
    app.useLogger(app.get(NestLogger));
    const firstStart = await bootstrap(app, settings.open);
    // Fastify itself: Nest's `listen` would log a taken port or a wrong host before we can explain it.
    await app.getHttpAdapter().getInstance().listen({ host: settings.host, port: settings.port });
    const { port } = app.getHttpServer().address() as AddressInfo;
    return {
      url: `${tls ? 'https' : 'http'}://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${port}`,
      port,
      foundation,
      firstStart,
      renewTls: () => renewTls(app.getHttpServer(), settings, logger),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function createApp(
  settings: Settings,
  tls: Tls | undefined,
  parts: Parameters<typeof ServerModule.of>[0],
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(ServerModule.of(parts), fastifyAdapter(settings, tls), {
    logger: ['error', 'warn'],
    abortOnError: false,
    // Our own reader of JSON; forms are not read at all, so a web page of somebody else can't send one.
    bodyParser: false,
  });
  const fastify = app.getHttpAdapter().getInstance();
  app.get(Metrics).observe(fastify);
  // No route, so no guard of Nest's.
  fastify.addHook('onRequest', async (request) => {
    if (request.is404) await app.get(AccessGuard).admit(request);
  });
  app.get(ReadGate).answerPositions(fastify);
  app.get(ReadRecorder).recordReads(fastify);
  logRequests(fastify, parts.logger);
  serveOpenApi(app);
  return app;
}

/** Fastify answers what it has accepted; a request that takes longer than this is cut off. */
async function closeWithin(app: NestFastifyApplication, ms: number): Promise<void> {
  const server = app.getHttpServer();
  // A connection that has just been answered is idle only now, and its client may keep it open for minutes.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const late = setTimeout(() => server.closeAllConnections(), ms);
  await app.close();
  clearInterval(sweep);
  clearTimeout(late);
}
