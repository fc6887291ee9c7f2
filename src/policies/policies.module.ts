import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ArtifactsCoreModule } from '../artifacts/index.js';
import { RegistryCoreModule } from '../registry/index.js';
import { PoliciesController } from './commands/policies.controller.js';
import { DraftPolicyHandler, ProposePolicyHandler, RetirePolicyHandler } from './commands/policies.handlers.js';
import { DryRuns, MAX_TRIAL_BYTES, TRIAL_BYTES } from './dry-run/dry-run.js';
import { Gatherer } from './evaluation/gather.js';
import { Overlaps } from './evaluation/overlap.js';
import { PolicyApproval } from './policy/approval.js';
import { Policies } from './policy/policies.js';
import { PublishedPolicies } from './published-policies.js';
import { GatesController } from './queries/gates.controller.js';
import { ReadPoliciesController } from './queries/policies.controller.js';

/** Judging by the policies in force: what the registry's port needs. */
@Module({
  imports: [CqrsModule, ArtifactsCoreModule, RegistryCoreModule],
  providers: [Policies, Overlaps, Gatherer, PublishedPolicies],
  exports: [Policies, Gatherer, PublishedPolicies],
})
export class PoliciesCoreModule {}

/** The whole room. Needs ApprovableKinds and somebody who handles RequestApproval. */
@Module({
  imports: [CqrsModule, PoliciesCoreModule, RegistryCoreModule],
  providers: [
    { provide: TRIAL_BYTES, useValue: MAX_TRIAL_BYTES },
    DryRuns,
    PolicyApproval,
    DraftPolicyHandler,
    ProposePolicyHandler,
    RetirePolicyHandler,
  ],
  // Writing comes first: `check` is no name of a policy that is read.
  controllers: [PoliciesController, ReadPoliciesController, GatesController],
  exports: [PoliciesCoreModule],
})
export class PoliciesModule {}
