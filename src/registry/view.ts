import { Model, latestVersions, Version } from './model/state.js';
import { Tags } from './rules.js';
import { Stage, STAGES } from './stage.js';

/** A version as clients see it, from the log's state or from a read model alike. */
export interface VersionView {
  readonly name: string;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly stage: Stage;
  readonly source: string;
  readonly runId?: string;
  readonly runLink?: string;
  readonly description?: string;
  readonly tags: Tags;
}

export interface ModelView {
  readonly name: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly description?: string;
  readonly tags: Tags;
  /** The newest of each stage that has one. */
  readonly latestVersions: readonly VersionView[];
}

export const versionView = (name: string, version: Version): VersionView => ({
  ...version,
  name,
  tags: sorted(version.tags),
});

export const modelView = (name: string, model: Model): ModelView => {
  const { createdAt, updatedAt, description, tags } = model;
  const latest = latestVersions(model, STAGES).map((version) => versionView(name, version));
  return { name, createdAt, updatedAt, description, tags: sorted(tags), latestVersions: latest };
};

const sorted = (tags: Iterable<readonly [string, string]>): Tags => [...tags].sort(([a], [b]) => (a < b ? -1 : 1));
