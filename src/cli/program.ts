import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { signOut } from './code-session.js';
import { EXIT, explainUsual } from './exit-codes.js';
import { registerBreakGlass } from './accounts/break-glass.command.js';
import { registerGroup } from './accounts/group.command.js';
import { registerRole } from './accounts/role.command.js';
import { registerSession } from './accounts/session.command.js';
import { registerToken } from './accounts/token.command.js';
import { registerUser } from './accounts/user.command.js';
import { registerApprovals } from './approvals/approvals.command.js';
import { registerAudit } from './audit/audit.command.js';
import { registerBackup } from './backup/backup.command.js';
import { registerRestore } from './backup/restore.command.js';
import { registerCheckpoint, registerProof } from './checkpoint.command.js';
import { registerCompletion } from './completion.command.js';
import { registerDemo } from './demo/demo.command.js';
import { registerDoctor } from './doctor/doctor.command.js';
import { registerModelSignature } from './model-signature.command.js';
import { registerExport } from './export/export.command.js';
import { registerPolicy } from './policies/policy.command.js';
import { registerArchive } from './records/archive.command.js';
import { registerErase } from './records/erase.command.js';
import { registerHold } from './records/hold.command.js';
import { registerRetention } from './records/retention.command.js';
import { registerRebuild } from './rebuild.command.js';
import { registerRollback } from './rollback.command.js';
import { registerRecover } from './recover.command.js';
import { registerServe } from './serve.command.js';
import { registerWitness } from './witness/witness.command.js';
import { registerVerify } from './verify/verify.command.js';
import { registerWorker } from './worker.command.js';

// A reader that has gone away is no reason to crash.
for (const out of [process.stdout, process.stderr]) out.on('error', () => undefined);

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

const program = new Command('custody')
  .description(
    'The audit-grade MLflow server: every experiment, run, model version and decision is an immutable event.',
  )
  .version(version)
  // What comes after a command is its own, also where the command above it has an option of the same name.
  .enablePositionalOptions()
  .showHelpAfterError('(custody --help shows what there is)')
  .exitOverride();

// What a command needs of the rooms is loaded when it is run, so that the others, and help, come at once.
registerServe(program);
registerWorker(program);
registerWitness(program);
registerDemo(program);
registerAudit(program);
registerUser(program);
registerRole(program);
registerGroup(program);
registerToken(program);
registerSession(program);
registerBreakGlass(program);
registerApprovals(program);
registerRollback(program);
registerModelSignature(program);
registerPolicy(program);
registerBackup(program);
registerRestore(program);
registerErase(program);
registerHold(program);
registerRetention(program);
registerArchive(program);
registerExport(program);
registerVerify(program);
registerCheckpoint(program);
registerProof(program);
registerRebuild(program);
registerDoctor(program);
registerRecover(program);
registerCompletion(program);
program.addHelpText(
  'after',
  `
Start here:
  $ custody demo              a laboratory's whole story, played on real data
  $ custody serve             the server; then: export MLFLOW_TRACKING_URI=http://127.0.0.1:5000
  $ custody worker            a training worker beside it
  $ custody user create kim --role analyst --reason "trains the water models"
  $ custody audit --analyst kim --from 2026-01-01

Each flag has a CUSTODY_… variable; .env.example lists them all.
Exit codes: 0 done, 1 verify found something wrong, 64 usage, 65 data, 69 unavailable, 70 a bug in custody itself, 74 input/output, 78 configuration.`,
);

try {
  await program.parseAsync().finally(signOut);
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  } else {
    const { code, message } = explainUsual(error) ?? (await import('./explain.js')).explain(error);
    console.error(`custody: ${message}`);
    process.exitCode = code;
  }
  // A half-opened server may hold handles; what matters has been closed by its own clean-up.
  if (process.exitCode !== 0) process.exit();
}
