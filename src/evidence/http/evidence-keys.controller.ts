import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Micros, toIso } from '../../core/index.js';
import type { CommandContext } from '../../core/index.js';
import { Caller, CUSTODY_API, Requires } from '../../http/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { EVIDENCE_STREAM, LogKeyRotated } from '../events.js';
import { EvidenceLog } from '../log/evidence-log.js';
import { NewKeyRequest } from './evidence.request.js';

const DAY = 86_400_000_000;
const GRACE_DAYS = 30;

@ApiTags('evidence')
@Controller(`${CUSTODY_API}/evidence/keys`)
export class EvidenceKeysController {
  constructor(
    private readonly log: EvidenceLog,
    private readonly decisions: DecisionMaker,
  ) {}

  /** The keys that the log has ever signed with, as verifier keys, and when each did. */
  @Get()
  @Requires('evidence:read')
  keys() {
    const keys = this.log.checkpoints.keys().map(({ vkey, introducedAt, retiresAt }) => ({
      vkey,
      introduced_at: toIso(introducedAt),
      retires_at: retiresAt === null ? undefined : toIso(retiresAt),
    }));
    return { origin: this.log.origin, keys };
  }

  /** Another key from now on. For a while the old one signs as well, so that everybody can learn of the new one. */
  @Post()
  @HttpCode(201)
  @Requires('evidence:key')
  async rotate(@Caller() context: CommandContext, @Body() body?: NewKeyRequest) {
    const until = (context.now + (body?.grace_days ?? GRACE_DAYS) * DAY) as Micros;
    const { vkey, old } = this.log.keys.rotate(context.now, until);
    const data = { origin: this.log.origin, vkey, oldVkeys: old, oldUntil: until };
    const rotated: LogKeyRotated = { type: 'LogKeyRotated', data };
    const reason = body?.reason ?? context.reason;
    await this.decisions.record(EVIDENCE_STREAM, [rotated], { ...context, reason });
    return { origin: data.origin, vkey, old_vkeys: old, old_until: toIso(until) };
  }
}
