import { BlockList, isIPv4 } from 'node:net';
import { isLoopbackAddress, isPrivate, isMapped } from './address.js';

/** Receivers inside the house, as whoever runs the server has named them. */
export interface WebhookAllow {
  /** In lower case; each may mean private addresses only, so that a name can't be turned on this machine or a cloud's metadata. */
  readonly hosts: readonly string[];
  /** Networks that receivers may be in, whatever their names. */
  readonly networks: readonly { readonly address: string; readonly bits: number }[];
}

/** Which addresses beside the public Internet's may be called. */
export class InternalReceivers {
  private readonly hosts: ReadonlySet<string>;
  private readonly networks = new BlockList();

  constructor(
    private readonly loopback: boolean,
    { hosts, networks }: WebhookAllow = { hosts: [], networks: [] },
  ) {
    this.hosts = new Set(hosts);
    this.any = loopback || hosts.length > 0 || networks.length > 0;
    for (const { address, bits } of networks) this.networks.addSubnet(address, bits, isIPv4(address) ? 'ipv4' : 'ipv6');
  }

  /** False when there are none at all. */
  readonly any: boolean;

  has(host: string, address: string): boolean {
    if (isMapped(address)) return false;
    if (this.loopback && isLoopbackAddress(address)) return true;
    if (this.networks.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')) return true;
    return this.hosts.has(host) && isPrivate(address);
  }
}
