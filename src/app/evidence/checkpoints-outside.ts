import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Anchor,
  Anchoring,
  Contradiction,
  EvidenceLog,
  FolderAnchor,
  GitAnchor,
  httpCaller,
  OutsideStatus,
  parsePolicy,
  Policy,
  PolicyError,
  UrlAnchor,
  Witnessing,
  WitnessingLog,
} from '../../evidence/index.js';
import { resolveHost, WebhookSender } from '../../registry/index.js';
import { InvalidSetting, Settings } from '../config/settings.js';
import { reasonOf } from '../data-folder.js';
import { layout } from '../layout.js';
import { ProjectionLog } from '../projection/projection-host.js';

const RETRY_MS = 60_000;
const ANCHOR_TIMEOUT_MS = 60_000;
/** The last checkpoint of a server that stops gets so long to be taken outside; the next start offers it again. */
const LAST_MS = 3000;

/** Takes each checkpoint of the log to its witnesses and anchors, as the settings name them. */
export class CheckpointsOutside {
  private readonly witnessing: Witnessing | undefined;
  private readonly anchoring: Anchoring;

  /** @throws InvalidSetting when the policy can't be read, or is not of this log */
  constructor(
    settings: Settings,
    evidence: EvidenceLog,
    logger: ProjectionLog,
    onContradiction: (found: Contradiction) => void,
  ) {
    const log = lineLog(logger);
    const policy = policyOf(settings, evidence);
    if (policy) {
      const caller = { tree: evidence, checkpoints: evidence.checkpoints, caller: httpCaller };
      const timeoutMs = settings.witnessSeconds * 1000;
      this.witnessing = new Witnessing({ policy, ...caller, log, timeoutMs, retryMs: RETRY_MS, onContradiction });
    }
    this.anchoring = new Anchoring({
      anchors: anchorsOf(settings),
      everyMs: settings.anchorMinutes * 60_000,
      retryMs: RETRY_MS,
      timeoutMs: ANCHOR_TIMEOUT_MS,
      log,
      now: Date.now,
    });
    const followers = [this.anchoring, ...(this.witnessing ? [this.witnessing] : [])];
    evidence.onIssued((issued) => followers.forEach((follower) => follower.issued(issued)));
    // What was signed when the server stopped may not have reached everybody.
    const latest = evidence.checkpoints.latest();
    if (latest) followers.forEach((follower) => follower.issued(latest));
  }

  status(): OutsideStatus {
    const anchors = this.anchoring.status();
    return this.witnessing ? { witnessing: this.witnessing.status(), anchors } : { anchors };
  }

  async stop(): Promise<void> {
    const ended = new AbortController();
    const idle = Promise.all([this.witnessing?.idle(), this.anchoring.idle()]);
    await Promise.race([idle, sleep(LAST_MS, undefined, { signal: ended.signal }).catch(() => undefined)]);
    ended.abort();
    await Promise.all([this.witnessing?.stop(), this.anchoring.stop()]);
  }
}

function policyOf({ witnessPolicy }: Settings, { origin }: EvidenceLog): Policy | undefined {
  if (witnessPolicy === undefined) return undefined;
  const wrong = (why: string) => new InvalidSetting(`CUSTODY_WITNESS_POLICY: ${why}`);
  let policy: Policy;
  try {
    policy = parsePolicy(readFileSync(witnessPolicy));
  } catch (error) {
    throw wrong(error instanceof PolicyError ? error.message : reasonOf(error));
  }
  if (policy.logs.length > 0 && policy.logs.every((log) => log.origin !== origin)) {
    throw wrong(`it is the policy of another log than ${origin}`);
  }
  return policy;
}

function anchorsOf(settings: Settings): readonly Anchor[] {
  const { anchorFolder, anchorUrl, anchorGit, webhookLoopback, webhookAllow } = settings;
  const calls = { allowLoopback: webhookLoopback, allow: webhookAllow, resolve: resolveHost, timeoutMs: 10_000 };
  const sender = new WebhookSender(calls);
  const poster = {
    post: ({ contentType, ...message }: { url: string; contentType: string; body: string; signal: AbortSignal }) =>
      sender.send({ ...message, headers: { 'Content-Type': contentType } }),
  };
  return [
    ...(anchorFolder === undefined ? [] : [new FolderAnchor(anchorFolder)]),
    ...(anchorUrl === undefined ? [] : [new UrlAnchor(anchorUrl, poster)]),
    ...(anchorGit === undefined ? [] : [new GitAnchor(anchorGit, join(layout(settings).evidence, 'anchor-git'))]),
  ];
}

const lineLog = (logger: ProjectionLog): WitnessingLog => ({
  info: (_facts, line) => logger.info(line),
  warn: (_facts, line) => logger.error(line),
  error: (_facts, line) => logger.error(line),
});
