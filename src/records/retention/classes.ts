/** What records are of, as retention sees it. */
export const RECORD_CLASSES = {
  decisions: 'approvals, signatures on them, policies, legal holds, retention itself',
  accounts: 'accounts, their rights, sessions, tokens and signatures',
  access: 'sign-ins, denials, reads, alerts, the server’s clock, the keys and checkpoints of the log',
  training: 'experiments, runs, metrics, data sets, training jobs, artifacts',
  models: 'registered models, versions, stages and aliases',
  predictions: 'what was predicted for whom',
  messages: 'deliveries of webhooks and mail',
} as const;

export type RecordClass = keyof typeof RECORD_CLASSES;
export const CLASS_NAMES = Object.keys(RECORD_CLASSES) as readonly RecordClass[];

export const isRecordClass = (text: string): text is RecordClass => Object.hasOwn(RECORD_CLASSES, text);

/** By the beginning of the stream's name, which says what an event is about; the longest that fits counts. */
const CLASS_OF_STREAM: Readonly<Record<string, RecordClass>> = {
  'approval-': 'decisions',
  'comment-': 'decisions',
  'evaluations-': 'decisions',
  'policy-': 'decisions',
  'directory-approvals': 'decisions',
  'directory-legal-holds': 'decisions',
  'directory-policies': 'decisions',
  retention: 'decisions',
  archive: 'decisions',
  'user-': 'accounts',
  'break-glass-': 'accounts',
  'directory-administrators': 'accounts',
  'directory-groups': 'accounts',
  'directory-identities': 'accounts',
  'directory-users': 'accounts',
  'group-': 'accounts',
  'named-role': 'accounts',
  'access-': 'access',
  'alerts-': 'access',
  evidence: 'access',
  'server-clock': 'access',
  'reads-': 'access',
  'sign-in-addresses-': 'access',
  'artifact-bytes-': 'training',
  'artifacts-': 'training',
  'dataset-': 'training',
  'experiment-': 'training',
  'directory-experiments': 'training',
  'job-': 'training',
  'logged-model-': 'training',
  'metrics-': 'training',
  'run-': 'training',
  'sealed-artifacts-': 'training',
  'model-': 'models',
  'directory-models': 'models',
  'predictions-': 'predictions',
  'mail-': 'messages',
  webhook: 'messages',
};

const PREFIXES = Object.entries(CLASS_OF_STREAM).sort(([a], [b]) => b.length - a.length);

/** `undefined` for a stream that no class is told for: a test holds that there is none. */
export const classOfStream = (stream: string): RecordClass | undefined =>
  PREFIXES.find(([prefix]) => stream.startsWith(prefix))?.[1];
