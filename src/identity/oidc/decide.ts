import { accept, Decider, Decision, Micros, never, refuse, Sealed, UserId } from '../../core/index.js';
import { evolve, IdentityEvent, Links, noLinks } from './events.js';

interface Linking {
  readonly digest: string;
  readonly userId: UserId;
  readonly identity: Sealed;
  readonly rolesFollow: boolean;
}

export type IdentityCommand =
  /** At a first sign-in. What is linked or was unlinked stays so: the state afterwards says which account it is. */
  | (Linking & { readonly type: 'LinkAtSignIn'; readonly claimsOf: Micros })
  /** Likewise, to an account that was there before: the first subject that it ever has, or none. */
  | (Linking & { readonly type: 'LinkFirst' })
  | (Linking & { readonly type: 'LinkIdentity' })
  | { readonly type: 'UnlinkIdentity'; readonly digest: string; readonly userId: UserId }
  | { readonly type: 'FollowClaims'; readonly digest: string; readonly claimsOf: Micros };

export const identityDecider: Decider<Links, IdentityCommand, IdentityEvent> = { initial: noLinks, evolve, decide };

function decide(command: IdentityCommand, links: Links): Decision<IdentityEvent> {
  const known = links.get(command.digest);
  switch (command.type) {
    case 'LinkAtSignIn': {
      const { type: _, ...data } = command;
      return known ? accept() : accept({ type: 'IdentityLinked', data });
    }
    case 'LinkFirst': {
      const { type: _, ...data } = command;
      const hadAnother = links.some(({ userId }) => userId === data.userId);
      return known || hadAnother ? accept() : accept({ type: 'IdentityLinked', data });
    }
    case 'LinkIdentity': {
      const { type: _, ...data } = command;
      if (known?.status !== 'linked') return accept({ type: 'IdentityLinked', data });
      if (known.userId === data.userId && known.rolesFollow === data.rolesFollow) return accept();
      return refuse(
        'already-exists',
        'identity-linked',
        'the subject acts as an account already: unlink it there first',
        'subject',
      );
    }
    case 'UnlinkIdentity': {
      const { type: _, ...data } = command;
      if (known?.status === 'linked' && known.userId === data.userId) return accept({ type: 'IdentityUnlinked', data });
      return refuse('not-found', 'identity-not-found', 'the account has no such identity', 'identity_id');
    }
    case 'FollowClaims': {
      const { digest, claimsOf } = command;
      if (known?.status !== 'linked' || !known.rolesFollow) return accept();
      if (known.claimsOf !== undefined && known.claimsOf >= claimsOf) return accept();
      return accept({ type: 'IdentityClaimsFollowed', data: { digest, userId: known.userId, claimsOf } });
    }
    default:
      return never(command);
  }
}
