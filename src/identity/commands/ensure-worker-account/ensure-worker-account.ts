import { Command, CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { Actor, CommandContext, CustodyError, Role, UserId } from '../../../core/index.js';
import { DecisionMaker } from '../../../ledger/index.js';
import { userDecider, userStream } from '../../user/decide.js';
import { Registration } from '../../user/registration.js';

export const WORKER_ID = 'svc-training-worker' as UserId;
const WORKER_ROLES: readonly Role[] = ['analyst'];

/** The account that training workers act as, on behalf of whoever asked. It has no credentials: nobody signs in as it. */
export class EnsureWorkerAccount extends Command<Actor> {
  constructor(readonly context: CommandContext) {
    super();
  }
}

@CommandHandler(EnsureWorkerAccount)
export class EnsureWorkerAccountHandler implements ICommandHandler<EnsureWorkerAccount> {
  constructor(
    private readonly registration: Registration,
    private readonly decisions: DecisionMaker,
  ) {}

  async execute({ context }: EnsureWorkerAccount): Promise<Actor> {
    // Nobody else can have taken the login: those that start with svc- are the system's.
    await this.registration.reserve('ReserveName', WORKER_ID, 'service', WORKER_ID, context);
    const account = {
      userId: WORKER_ID,
      kind: 'service' as const,
      login: WORKER_ID,
      displayName: 'Training worker',
      roles: WORKER_ROLES,
    };
    await this.registration.create(account, context).catch((error: unknown) => {
      if (!(error instanceof CustodyError && error.kind === 'already-exists')) throw error;
    });
    const { state } = await this.decisions.load(userDecider, userStream(WORKER_ID));
    return { id: WORKER_ID, kind: 'service', roles: state.status === 'active' ? state.roles : [], via: 'none' };
  }
}
