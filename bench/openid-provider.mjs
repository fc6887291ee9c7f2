// A real OpenID provider in a process of its own, and one access token of a program for an hour.
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

const audience = 'urn:bench:custody';
const client = { client_id: 'bench-pipeline', client_secret: 'the secret of the bench' };
const pair = await generateKeyPair('RS256', { extractable: true });
const server = createServer();
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const issuer = `http://127.0.0.1:${server.address().port}`;
Object.assign(console, { info: () => undefined, warn: () => undefined });
const provider = new Provider(issuer, {
  clients: [{ ...client, redirect_uris: [], response_types: [], grant_types: ['client_credentials'] }],
  jwks: { keys: [{ ...(await exportJWK(pair.privateKey)), kid: 'bench', alg: 'RS256', use: 'sig' }] },
  cookies: { keys: ['a key for the cookies of the provider'] },
  ttl: { ClientCredentials: 3600 },
  extraTokenClaims: () => ({ groups: ['trainers'] }),
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_, resource) => ({
        scope: 'api',
        audience: resource,
        accessTokenFormat: 'jwt',
        accessTokenTTL: 3600,
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
});
server.on('request', provider.callback());
const response = await fetch(`${issuer}/token`, {
  method: 'POST',
  headers: {
    authorization: `Basic ${Buffer.from(`${client.client_id}:${encodeURIComponent(client.client_secret)}`).toString('base64')}`,
  },
  body: new URLSearchParams({ grant_type: 'client_credentials', resource: audience }),
});
const { access_token: accessToken } = await response.json();
process.send({ kind: 'ready', issuer, audience, accessToken });
process.on('SIGTERM', () => process.exit(0));
