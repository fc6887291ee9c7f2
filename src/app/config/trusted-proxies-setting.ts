import { isIP } from 'node:net';

/** `10.0.0.5, 10.1.0.0/16, fd12::/64`: addresses and networks of proxies. */
export function trustedProxiesSetting(text: string): readonly string[] {
  if (text === '') return [];
  return text.split(',').map((entry) => {
    const [address = '', length, ...more] = entry.trim().split('/');
    const family = isIP(address);
    const bits = length === undefined ? undefined : /^\d{1,3}$/.test(length) ? Number(length) : -1;
    const fits = bits === undefined || (bits > 0 && bits <= (family === 4 ? 32 : 128));
    if (family === 0 || more.length > 0 || !fits || address.includes('%'))
      throw new Error('must be IP addresses and networks (10.1.0.0/16), separated by commas; never everybody (/0)');
    return entry.trim();
  });
}
