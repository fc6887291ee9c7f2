import { createSecretKey } from 'node:crypto';
import { Micros, UserId } from '../../../core/index.js';
import { openBox, sealBox } from '../../keystore/aead.js';
import { Keystore } from '../../keystore/index.js';
import { cookiesNamed } from '../../sessions/cookie-header.js';
import type { Matter } from '../../signing/events.js';

/** What has to come back, and what the provider's answer is checked against; of one sign-in in one browser. */
export interface Begun {
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE: a code is of no use to whoever has not this. */
  readonly verifier: string;
  readonly returnTo: string;
  readonly until: Micros;
  /** Of a sign-in that is made in order to sign, by somebody who is in already. */
  readonly signing?: BegunSigning;
}

export interface BegunSigning {
  readonly userId: UserId;
  readonly matter: Matter;
}

const ABOUT = 'oidc-login';
export const LOGIN_SECONDS = 600;

/**
 * Keeps a sign-in under way in the browser that began it, sealed, so that every server of an installation can
 * finish it and nobody can make one up. `Lax`: the provider sends the browser back from another site.
 */
export class LoginCookie {
  private readonly key;
  private readonly name: string;
  private readonly flags: string;

  constructor(keystore: Keystore, redirectUri: string) {
    const secure = redirectUri.startsWith('https:');
    this.key = createSecretKey(keystore.deriveKey(ABOUT));
    // With this prefix browsers take it from this very host over https only: no sibling host can set it.
    this.name = secure ? '__Host-custody_oidc' : 'custody_oidc';
    this.flags = `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  }

  set(begun: Begun): string {
    const box = sealBox(this.key, ABOUT, JSON.stringify(begun));
    return `${this.name}=${box}; ${this.flags}; Max-Age=${LOGIN_SECONDS}`;
  }

  clear(): string {
    return `${this.name}=; ${this.flags}; Max-Age=0`;
  }

  /** `undefined` for none, an old one, several, or one that is not ours. */
  read(header: string | undefined, now: Micros): Begun | undefined {
    const values = cookiesNamed(header ?? '', this.name);
    if (values.length !== 1) return undefined;
    try {
      const begun = JSON.parse(openBox(this.key, ABOUT, values[0]!)) as Begun;
      return begun.until > now ? begun : undefined;
    } catch {
      return undefined;
    }
  }
}
