/** What goes to the client library, and what may be shown to people. */
export interface ConnectionTarget {
  readonly clientString: string;
  readonly description: string;
}

/** A wrong connection string, told without showing any of it: it may hold a password. */
export class InvalidConnectionString extends Error {
  override readonly name = 'InvalidConnectionString';
  constructor(reason: string) {
    super(`the event store's connection string is invalid: ${reason}`);
  }
}

const SHAPE = /^(esdb|kurrentdb)(\+discover)?:\/\/(?:([^@/?]*)@)?([^@/?]+)\/?(?:\?(.*))?$/;

/** Everything else is refused here, because the library prints the whole string with an option it does not know. */
const OPTIONS: Readonly<Record<string, RegExp>> = {
  tls: /^(true|false)$/,
  tlsverifycert: /^true$/,
  tlscafile: /./,
  usercertfile: /./,
  userkeyfile: /./,
  connectionname: /./,
  nodepreference: /^leader$/i,
  maxdiscoverattempts: /^\d+$/,
  discoveryinterval: /^\d+$/,
  gossiptimeout: /^\d+$/,
  defaultdeadline: /^[1-9]\d*$/,
  keepaliveinterval: /^(-1|[1-9]\d{4,})$/,
  keepalivetimeout: /^(-1|[1-9]\d{4,})$/,
};

/**
 * `esdb://`, `esdb+discover://` and their KurrentDB names. Only the leader is asked: a follower may not
 * have yet what was acknowledged, and a reader must see what was written.
 */
export function parseConnectionString(text: string): ConnectionTarget {
  const match = SHAPE.exec(text.trim());
  if (!match) throw new InvalidConnectionString('it must look like esdb://[user:password@]host[:port][?option=value]');
  const [, , discover = '', credentials, hosts, query] = match;
  if (credentials !== undefined && !/^[^:]+:.+$/.test(credentials)) {
    throw new InvalidConnectionString('before the @ it must have user:password');
  }
  for (const host of hosts!.split(',')) {
    if (!/^[\w.-]+(:\d{1,5})?$/.test(host))
      throw new InvalidConnectionString('a host must look like name or name:port');
  }
  for (const option of query ? query.split('&') : []) checkOption(option);
  const authority = credentials === undefined ? hosts! : `${credentials}@${hosts!}`;
  return {
    clientString: `esdb${discover}://${authority}${query ? `?${query}` : ''}`,
    description: `esdb${discover}://${hosts!}`,
  };
}

function checkOption(option: string): void {
  const at = option.indexOf('=');
  const key = option.slice(0, at === -1 ? undefined : at);
  const allowed = OPTIONS[key.toLowerCase().replace(/[_-]/g, '')];
  // The name can't be a secret unless the string is mangled; then it would hold one of these.
  const shown = /^[A-Za-z_-]{1,40}$/.test(key) ? ` ${key}` : '';
  if (!allowed) throw new InvalidConnectionString(`the option${shown} is unknown or can't be used with Custody`);
  if (at === -1 || !allowed.test(option.slice(at + 1))) {
    throw new InvalidConnectionString(`the option${shown} has a value that can't be used with Custody`);
  }
}
