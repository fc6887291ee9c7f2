import { OwnRoute } from './routes.js';

/** Calls of Databricks' registry that MLflow does not have, as its Python client sends them. */
const CALLS =
  /^\/api\/2\.0\/mlflow\/((transition-requests|comments|registry-webhooks|databricks)\/|registered-models\/list$)/;

const DIFFERENT: readonly string[] = [
  '`transition-requests/create` opens a request like any other (`/api/v1/approvals`); the same again is the same request. What is approved is what was asked for: existing versions of Staging and Production are archived, unless the request is made with `archive_existing_versions=false`, and `approve` with another value is refused.',
  '`approve` and `reject` are electronic signatures. With HTTP Basic the password of that very request is checked again and signs; with a token or a session they answer `PERMISSION_DENIED` and say how to sign. The `comment` is the reason, so it must be there. Who has a second factor adds its `code` to the body, or signs under `/api/v1/approvals`. When what the request is about has changed meanwhile, it is signed there, where it can be looked at.',
  'A request is taken back by whoever made it, and a comment is changed or deleted by whoever wrote it; the log keeps what it said.',
  '`user_id` is a pseudonym (`creator` may be the login, too): who that is, those know who may see accounts.',
  'A webhook calls an `http_url_spec`; a `job_spec` is refused, since there are no jobs of Databricks’ here, and certificates are always checked. It is called once for an event, under the general name where it asked for both.',
  'Moves, requests, decisions and comments of a version are listed by `GET /api/v1/model-versions/activities`. The calls under `/api/2.0/permissions` are not offered: who may do what is said by roles.',
];

/** A chapter of the compatibility document. */
export function databricksChapter(routes: readonly OwnRoute[]): string {
  const ours = routes.filter(({ path }) => CALLS.test(path));
  if (ours.length === 0) throw new Error('no call of Databricks’ registry is offered');
  const rows = ours.map(({ method, path, needs }) => `| \`${method} ${path.slice('/api/'.length)}\` | ${needs} |`);
  return `## Calls of Databricks' registry

\`ModelRegistryAPI\` of the package \`databricks-sdk\` works against Custody as it is; a test plays a laboratory's script with it. Beside MLflow's calls it uses these.

| call | needs |
| --- | --- |
${rows.sort().join('\n')}

${DIFFERENT.map((each) => `- ${each}`).join('\n')}`;
}
