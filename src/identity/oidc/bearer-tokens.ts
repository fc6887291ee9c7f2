import { Inject, Injectable, Optional } from '@nestjs/common';
import { decodeJwt } from 'jose';
import { Micros, UserId } from '../../core/index.js';
import type { Clock } from '../../core/index.js';
import { IDENTITY_CLOCK } from '../clock.js';
import { verifyAccessToken } from './access-tokens.js';
import { claimAt } from './claims.js';
import { OidcFailure } from './failure.js';
import { Identities } from './identities.js';
import { OIDC_OPTIONS } from './options.js';
import type { OidcOptions } from './options.js';
import { ProviderAccounts } from './provider-accounts.js';
import { OidcProvider } from './provider.js';

export interface BearerGrant {
  readonly ok: true;
  readonly userId: UserId;
  /** Of the subject; the account is theirs as long as the link holds. */
  readonly digest: string;
  readonly expiresAt: Micros;
}

export interface BearerRefusal {
  readonly ok: false;
  readonly why: OidcFailure | 'disabled' | 'malformed';
  readonly userId?: UserId;
  /** Who the token says it is, right or not. */
  readonly claimedLogin?: string;
}

/** Access tokens of the provider as `Authorization: Bearer`: of people, and of programs by client credentials. */
@Injectable()
export class BearerTokens {
  constructor(
    private readonly accounts: ProviderAccounts,
    private readonly identities: Identities,
    @Inject(IDENTITY_CLOCK) private readonly clock: Clock,
    @Optional() @Inject(OIDC_OPTIONS) private readonly options?: OidcOptions,
    @Optional() private readonly provider?: OidcProvider,
  ) {}

  async check(token: string, requestId: string): Promise<BearerGrant | BearerRefusal> {
    const { options, provider } = this;
    if (options?.audience === undefined || !provider) return { ok: false, why: 'malformed' };
    const verified = await verifyAccessToken(token, options, provider, this.clock.now());
    if (!verified.ok) return this.refused(token, verified);
    const admission = await this.accounts.admit(verified.vouched, options, requestId);
    if (!admission.ok) return this.refused(token, admission);
    return { ...admission, expiresAt: verified.expiresAt };
  }

  stillLinked({ digest, userId }: Pick<BearerGrant, 'digest' | 'userId'>): Promise<boolean> {
    return this.identities.stillLinked(digest, userId);
  }

  private refused(token: string, { why, userId }: Omit<BearerRefusal, 'ok'>): BearerRefusal {
    const claimedLogin = claimedIn(token, this.options!.loginClaim);
    return {
      ok: false,
      why,
      ...(userId === undefined ? {} : { userId }),
      ...(claimedLogin === undefined ? {} : { claimedLogin }),
    };
  }
}

function claimedIn(token: string, loginClaim: string): string | undefined {
  try {
    const claims = decodeJwt(token);
    const claimed = [claimAt(claims, loginClaim), claims.sub].find((each) => typeof each === 'string' && each !== '');
    return claimed as string | undefined;
  } catch {
    return undefined;
  }
}
