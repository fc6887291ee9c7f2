import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freshServer, Http } from '../support/custody.js';

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, object>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, { readonly properties?: object }>> };
}

describe('the API’s description', () => {
  let custody: Awaited<ReturnType<typeof freshServer>>;
  let document: Document;
  beforeAll(async () => {
    custody = await freshServer(['--open']);
    document = (await new Http(custody.url).get<Document>('/api/docs/openapi.json')).body;
  });
  afterAll(() => custody.end());

  const parameters = (path: string) => (document.paths[path]?.['get']?.parameters ?? []).map(({ name }) => name);

  it('says of every operation what it is, what it needs, and how it refuses', () => {
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.values(item).map((operation) => ({ path, ...operation })),
    );
    expect(operations.length).toBeGreaterThan(60);
    expect(operations.filter(({ summary, description }) => !summary || !description).map(({ path }) => path)).toEqual(
      [],
    );
    const refuses = operations.filter(({ path }) => path.startsWith('/api/') && !path.startsWith('/api/docs'));
    expect(refuses.filter(({ responses }) => !responses['401'] || !responses['403']).map(({ path }) => path)).toEqual(
      [],
    );
  });

  it('lists what can be asked', () => {
    expect(parameters('/api/v1/audit/events')).toEqual(
      expect.arrayContaining([
        'analyst',
        'from',
        'to',
        'action',
        'resource',
        'outcome',
        'order',
        'limit',
        'page_token',
      ]),
    );
    expect(parameters('/api/2.0/mlflow/runs/get')).toContain('run_id');
    expect(parameters('/api/2.0/mlflow/model-versions/get')).toEqual(expect.arrayContaining(['name', 'version']));
  });

  it('has no body without fields', () => {
    const empty = Object.entries(document.components.schemas).filter(
      ([, { properties }]) => Object.keys(properties ?? {}).length === 0,
    );
    expect(empty.map(([name]) => name)).toEqual([]);
  });

  it('does not list the twins of MLflow’s paths', () => {
    expect(Object.keys(document.paths).filter((path) => path.startsWith('/ajax-api/'))).toEqual([]);
  });

  it('the page at / runs no script and leads to it', async () => {
    const page = await new Http(custody.url).get<string>('/');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.body).toContain('href="/api/docs"');
  });

  it('the pages of the description show nobody else’s scripts, and are shown by nobody else', async () => {
    const page = await new Http(custody.url).get<string>('/api/docs');
    expect(page.status).toBe(200);
    const policy = page.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'; script-src 'self' 'unsafe-inline';");
    expect(policy).toContain("frame-ancestors 'none'");
  });
});
