import { Controller, Get, Header, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { errors, toIso } from '../../core/index.js';
import type { CommandContext } from '../../core/index.js';
import { Caller, CUSTODY_API, Requires } from '../../http/index.js';
import { DecisionMaker, LEDGER, type Ledger } from '../../ledger/index.js';
import { IssuedCheckpoint } from '../checkpoints/checkpoint-store.js';
import { CheckpointRequested, EVIDENCE_STREAM } from '../events.js';
import { EvidenceLog } from '../log/evidence-log.js';
import { EventPlaces } from './event-places.js';
import { EvidenceService } from './evidence.service.js';
import { CheckpointsRequest, ConsistencyRequest } from './evidence.request.js';

const PAGE = 100;
export const NOTE = 'text/plain; charset=utf-8';

@ApiTags('evidence')
@Controller(`${CUSTODY_API}/evidence`)
export class EvidenceController {
  constructor(
    private readonly log: EvidenceLog,
    private readonly follower: EvidenceService,
    private readonly places: EventPlaces,
    private readonly decisions: DecisionMaker,
    @Inject(LEDGER) private readonly ledger: Ledger,
  ) {}

  /** The latest signed checkpoint (C2SP tlog-checkpoint), with the cosignatures that it has. */
  @Get('checkpoint')
  @Requires('evidence:read')
  @Header('content-type', NOTE)
  checkpoint(): string {
    return latestOf(this.log).note;
  }

  /** Signs the log as it is now; the checkpoint has this request in it. */
  @Post('checkpoints')
  @HttpCode(201)
  @Requires('evidence:checkpoint')
  async issue(@Caller() context: CommandContext) {
    const problem = this.log.keys.problem;
    if (problem !== undefined) throw errors.state('log-key-missing', problem);
    const requested: CheckpointRequested = { type: 'CheckpointRequested', data: { origin: this.log.origin } };
    await this.follower.reached(await this.decisions.record(EVIDENCE_STREAM, [requested], context));
    return { checkpoint: toWire(this.log.issue()) };
  }

  /** Every checkpoint that was signed, the newest first. */
  @Get('checkpoints')
  @Requires('evidence:read')
  checkpoints(@Query() { limit = PAGE, before }: CheckpointsRequest) {
    const page = this.log.checkpoints.list(limit, before);
    const last = page.length === limit ? page.at(-1)!.number : undefined;
    return { checkpoints: page.map(toWire), next_before: last };
  }

  /** A `.tlog-proof` file (C2SP tlog-proof): that the log had this event, under a signed checkpoint. */
  @Get('events/:id/proof')
  @Requires('evidence:read')
  @Header('content-type', NOTE)
  async proof(@Param('id') id: string): Promise<string> {
    const event = await this.places.find(id);
    await this.follower.reached(event.position);
    return this.log.proofFile(event);
  }

  /** That the log at one size is the log at a smaller one, continued (RFC 6962 §2.1.2). */
  @Get('consistency')
  @Requires('evidence:read')
  consistency(@Query() { first, second }: ConsistencyRequest) {
    const proof = this.log.consistency(first, second);
    const base64 = (hash: Buffer) => hash.toString('base64');
    return {
      first,
      second,
      first_root: base64(proof.firstRoot),
      second_root: base64(proof.secondRoot),
      hashes: proof.hashes.map(base64),
    };
  }

  /** Whether the evidence is as it should be, and how far it goes. */
  @Get('status')
  @Requires('evidence:read')
  async status() {
    const { size, position } = this.log.integrated;
    const latest = this.log.checkpoints.latest();
    const problem = this.follower.problem ?? this.log.keys.problem;
    return {
      origin: this.log.origin,
      log_position: await this.ledger.head(),
      tree_position: position,
      tree_size: size,
      signed_size: latest?.size ?? 0,
      signed_at: latest && toIso(latest.issuedAt),
      problem,
    };
  }
}

export function latestOf(log: EvidenceLog): IssuedCheckpoint {
  const latest = log.checkpoints.latest();
  if (!latest) throw errors.notFound('no-checkpoint', 'no checkpoint has been signed yet');
  return latest;
}

const toWire = ({ number, size, root, note, issuedAt }: IssuedCheckpoint) => ({
  number,
  size,
  root: root.toString('base64'),
  issued_at: toIso(issuedAt),
  note,
});
