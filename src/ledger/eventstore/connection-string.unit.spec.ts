import { describe, expect, it } from '@jest/globals';
import { InvalidConnectionString, parseConnectionString } from './connection-string.js';

describe('the connection string of an event store', () => {
  it.each([
    ['esdb://localhost:2113?tls=false', 'esdb://localhost:2113?tls=false', 'esdb://localhost:2113'],
    ['esdb://a,b:2114,c', 'esdb://a,b:2114,c', 'esdb://a,b:2114,c'],
    ['kurrentdb://h:1/?tls=true&tlsCaFile=%2Fca.pem', 'esdb://h:1?tls=true&tlsCaFile=%2Fca.pem', 'esdb://h:1'],
    ['kurrentdb+discover://cluster.dns', 'esdb+discover://cluster.dns', 'esdb+discover://cluster.dns'],
    [
      'esdb+discover://u:p%40ss@cluster.dns:2113',
      'esdb+discover://u:p%40ss@cluster.dns:2113',
      'esdb+discover://cluster.dns:2113',
    ],
  ])('%s is understood, and described without its credentials', (text, clientString, description) => {
    expect(parseConnectionString(text)).toEqual({ clientString, description });
  });

  it.each([
    'http://user:s3cret@host',
    'esdb://user:s3cret@',
    'esdb://user:s3cret@ho st',
    'esdb://s3cret@host',
    'esdb://user:s3cret@host:port',
    'esdb://user:s3cret@host?tsl=false',
    'esdb://user:s3cret@host?tls=s3cret',
    'esdb://user:s3cret@host?keepAliveInterval=5',
    'esdb://user:s3cret@host?throwOnAppendFailure=false',
    'esdb://user:s3cret@host?nodePreference=follower',
    'esdb://user:s3c@ret@host',
    'esdb://user:s3c/ret@host',
    'esdb://user:s3c?ret@host',
    '',
  ])('%j is refused, with no part of a password in the message', (text) => {
    expect(() => parseConnectionString(text)).toThrow(InvalidConnectionString);
    try {
      parseConnectionString(text);
    } catch (error) {
      expect((error as Error).message).not.toMatch(/s3c|ret/);
    }
  });
});
