import { readFileSync } from 'node:fs';
import type { Server as HttpServer } from 'node:http';
import { createSecureContext, Server as TlsServer } from 'node:tls';
import type { Logger } from 'pino';
import { InvalidSetting, Settings } from '../config/settings.js';

export interface Tls {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly minVersion: 'TLSv1.2';
}

/** How long a client may take to agree on keys. */
export const HANDSHAKE_MS = 10_000;

/**
 * The certificate and its key, when both are there and fit; nothing when the server is to speak plain HTTP.
 * @throws InvalidSetting naming the variable, never what is in the files
 */
export function readTls({ tlsCert, tlsKey }: Pick<Settings, 'tlsCert' | 'tlsKey'>): Tls | undefined {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined) throw new InvalidSetting('CUSTODY_TLS_CERT: a key needs its certificate');
  if (tlsKey === undefined) throw new InvalidSetting('CUSTODY_TLS_KEY: a certificate needs its key');
  const tls: Tls = {
    cert: read(tlsCert, 'CUSTODY_TLS_CERT'),
    key: read(tlsKey, 'CUSTODY_TLS_KEY'),
    minVersion: 'TLSv1.2',
  };
  accepted('CUSTODY_TLS_CERT', 'must be a certificate in PEM, with its chain behind it', { cert: tls.cert });
  accepted('CUSTODY_TLS_KEY', 'must be a private key in PEM, without a passphrase', { key: tls.key });
  accepted('CUSTODY_TLS_KEY', 'is not the key of the certificate', tls);
  return tls;
}

/** A renewed certificate counts from the next connection on. A wrong one must not end a server that works. */
export function renewTls(server: HttpServer | TlsServer, settings: Settings, logger: Logger): void {
  if (!(server instanceof TlsServer)) return;
  try {
    const tls = readTls(settings);
    if (tls) server.setSecureContext(tls);
    logger.info('the certificate was read again');
  } catch (error) {
    logger.error(`the certificate was not renewed, the old one stays: ${(error as Error).message}`);
  }
}

function read(file: string, variable: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new InvalidSetting(`${variable}: the file can't be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function accepted(variable: string, problem: string, parts: Partial<Tls>): void {
  try {
    createSecureContext(parts);
  } catch (cause) {
    throw new InvalidSetting(`${variable}: ${problem}`, { cause });
  }
}
