import { Injectable } from '@nestjs/common';
import { errors } from '../core/index.js';
import { Approvable } from './port.js';

/** What can be approved: each room adds its kinds when it starts. */
@Injectable()
export class ApprovableKinds {
  private readonly byKind = new Map<string, Approvable>();

  add(approvable: Approvable): void {
    if (this.byKind.has(approvable.kind)) throw new Error(`two rooms offer the kind ${approvable.kind} for approval`);
    this.byKind.set(approvable.kind, approvable);
  }

  /** @throws CustodyError kind `invalid` */
  get(kind: string): Approvable {
    const found = this.byKind.get(kind);
    if (found) return found;
    const known = [...this.byKind.keys()].sort().join(', ');
    throw errors.invalid(
      'kind-unknown',
      `nothing of the kind '${kind.slice(0, 100)}' is approved here: ${known}`,
      'kind',
    );
  }
}
