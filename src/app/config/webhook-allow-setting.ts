import { BlockList, isIP } from 'node:net';
import type { WebhookAllow } from '../../registry/index.js';

/** Where a receiver inside the house can be: private networks and this machine, never a cloud's metadata. */
const INSIDE: readonly (readonly [string, number])[] = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['::1', 128],
  ['fc00::', 7],
];

const NAME = /^(?=.{1,253}$)(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*$/;

/** `ci.lab.example, 10.20.0.0/16, fd12::1`: names, addresses and networks. */
export function webhookAllowSetting(text: string): WebhookAllow {
  const entries = text.split(',').map((entry) => entry.trim().toLowerCase());
  if (text === '') return { hosts: [], networks: [] };
  const hosts = entries.filter((entry) => NAME.test(entry) && !/^[\d.]+$/.test(entry));
  const networks = entries.filter((entry) => !hosts.includes(entry)).map(network);
  return { hosts, networks };
}

function network(entry: string): WebhookAllow['networks'][number] {
  const [address = '', length, ...more] = entry.split('/');
  const family = isIP(address);
  const whole = family === 4 ? 32 : 128;
  const bits = length === undefined ? whole : /^\d{1,3}$/.test(length) ? Number(length) : -1;
  if (family === 0 || /^::ffff:/.test(address) || more.length > 0 || bits < 0 || bits > whole)
    throw new Error('must be host names, IP addresses and networks (10.20.0.0/16), separated by commas');
  if (!INSIDE.some(([net, least]) => bits >= least && covers(net, least, address)))
    throw new Error('may name private networks and this machine only; public hosts need no permission');
  return { address, bits };
}

function covers(net: string, bits: number, address: string): boolean {
  const [outer, inner] = [isIP(net), isIP(address)];
  if (outer !== inner) return false;
  const type = outer === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(net, bits, type);
  return list.check(address, type);
}
