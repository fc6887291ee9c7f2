// The arrows of docs/architecture.md. Everything not said here may be imported; what is said here may not.
const ROOMS = 'identity|approvals|artifacts|tracking|registry|policies|training|serving|audit|mail|evidence|records';
const SPEC = '\\.spec\\.ts$|/testing/|/contract/';

/** A room may import these other rooms, through their index only. */
const MAY_SEE = {
  approvals: [],
  records: ['approvals', 'artifacts', 'evidence'],
  identity: ['approvals', 'records'],
  artifacts: [],
  audit: [],
  mail: [],
  evidence: [],
  tracking: ['artifacts'],
  registry: ['tracking', 'artifacts', 'approvals'],
  policies: ['tracking', 'artifacts', 'registry', 'approvals'],
  training: ['tracking', 'artifacts', 'registry'],
  serving: ['registry', 'artifacts'],
};

const betweenRooms = Object.entries(MAY_SEE).map(([room, others]) => ({
  name: `${room}-sees-${others.length > 0 ? others.join('-and-') : 'no-other-room'}`,
  comment:
    'Arrows between rooms go one way; what a room needs beyond them it declares as a port, and the app fills it.',
  severity: 'error',
  from: { path: `^src/${room}/`, pathNot: SPEC },
  to: { path: `^src/(${ROOMS})/`, pathNot: [`^src/${room}/`, ...others.map((other) => `^src/${other}/index\\.ts$`)] },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment:
        'A cycle means that two things are one; in ESM it is also a class that is undefined when a decorator needs it.',
      severity: 'error',
      from: { pathNot: SPEC },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'core-imports-nothing-of-ours',
      comment: 'Everything stands on core.',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { path: '^src/(?!core/)' },
    },
    {
      name: 'core-is-pure',
      comment:
        'No framework, no database, no file or network in core (hashing and randomness for ids are all it takes from Node).',
      severity: 'error',
      from: { path: '^src/core/', pathNot: SPEC },
      to: { dependencyTypes: ['npm', 'core'], pathNot: '^crypto$|^node:crypto$' },
    },
    {
      name: 'deciders-are-pure',
      comment:
        'A decision must come out the same on any machine at any time. (Hashing and comparing are functions too.)',
      severity: 'error',
      from: { path: '/(decide[\\w-]*|events|state)\\.ts$', pathNot: SPEC },
      to: { dependencyTypes: ['npm', 'core'], pathNot: 'node_modules/immutable/|^(node:)?(crypto|util)$' },
    },
    {
      name: 'events-before-decide-before-handler-before-controller',
      comment: 'Within a room the arrows point from what is sent to what is decided, never back.',
      severity: 'error',
      from: { path: '/(decide[\\w-]*|events)\\.ts$', pathNot: SPEC },
      to: { path: '\\.(handler|controller|request|command)\\.ts$' },
    },
    {
      name: 'handlers-know-no-transport',
      comment: 'A command is the same over HTTP, from a worker or from the command line.',
      severity: 'error',
      from: { path: '\\.(handler|command)\\.ts$' },
      to: { path: '\\.(controller|request)\\.ts$' },
    },
    {
      name: 'ledger-knows-no-room',
      comment: 'The log carries any event and understands none.',
      severity: 'error',
      from: { path: '^src/ledger/', pathNot: SPEC },
      to: { path: '^src/', pathNot: '^src/(ledger|core)/' },
    },
    {
      name: 'only-the-app-chooses-an-adapter',
      comment: 'A room that knows its ledger’s adapter would not run on the other one.',
      severity: 'error',
      from: { pathNot: ['^src/(app|cli)/', '^src/ledger/', SPEC] },
      to: { path: '^src/ledger/(sqlite|eventstore|memory)/' },
    },
    {
      name: 'adapters-do-not-know-each-other',
      comment: 'What they share is the port and the subscription loop.',
      severity: 'error',
      from: { path: '^src/ledger/(sqlite|eventstore|memory)/', pathNot: SPEC },
      to: { path: '^src/ledger/(sqlite|eventstore|memory|deciding)/', pathNot: '^src/ledger/$1/' },
    },
    {
      name: 'projection-engine-knows-no-room',
      comment: 'Rooms declare projections; the engine runs any.',
      severity: 'error',
      from: { path: '^src/projection/', pathNot: SPEC },
      to: { path: '^src/', pathNot: '^src/(projection|core)/|^src/ledger/(index|port/.*)\\.ts$' },
    },
    {
      name: 'http-kit-knows-core-only',
      comment: 'Every room’s controllers use it.',
      severity: 'error',
      from: { path: '^src/http/', pathNot: SPEC },
      to: { path: '^src/', pathNot: '^src/(http|core)/' },
    },
    {
      name: 'mlflow-knows-no-room',
      comment: 'It is MLflow’s wire and search language; each room brings its own tables to it.',
      severity: 'error',
      from: { path: '^src/mlflow/', pathNot: SPEC },
      to: {
        path: '^src/(?!(mlflow|core|http)/)|node_modules/',
        pathNot: 'node_modules/kysely/',
      },
    },
    {
      name: 'mlflow-through-its-index',
      comment: 'What of it others may use is what its index names.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/mlflow/', SPEC] },
      to: { path: '^src/mlflow/', pathNot: '^src/mlflow/index\\.ts$' },
    },
    {
      name: 'training-engine-is-pure',
      comment: 'The same bytes and parameters give the same model; nothing around it may reach in.',
      severity: 'error',
      from: { path: '^src/training/engine/', pathNot: SPEC },
      to: { path: '^src/(?!core/|training/engine/)|node_modules/@nestjs/' },
    },
    ...betweenRooms,
    {
      name: 'nothing-imports-the-app',
      comment: 'The app composes; whoever needs something from it would turn an arrow round.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(app|cli)/' },
      to: { path: '^src/(app|cli)/' },
    },
    {
      name: 'commands-load-rooms-when-they-run',
      comment: 'A room brings its whole framework: help, completion and commands that only ask a server come at once.',
      severity: 'error',
      from: { path: '^src/cli/', pathNot: ['^src/cli/(explain|docs)\\.ts$', SPEC] },
      to: {
        path: `^src/(${ROOMS}|ledger|projection|http|mlflow)/|^src/app/(?!config/|layout|data-folder)`,
        dependencyTypesNot: ['dynamic-import', 'type-only'],
      },
    },
    {
      name: 'settings-load-no-room',
      comment: 'Every command reads the settings first; a room behind them would come with each of them.',
      severity: 'error',
      from: { path: '^src/app/config/', pathNot: SPEC },
      to: {
        path: `^src/((${ROOMS}|http|mlflow)/index\\.ts$|ledger/|projection/)`,
        dependencyTypesNot: ['dynamic-import', 'type-only'],
      },
    },
    {
      name: 'no-tests-in-the-product',
      comment: 'Contract suites and laboratories for tests are not built.',
      severity: 'error',
      from: { path: '^src/', pathNot: SPEC },
      to: { path: SPEC },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
