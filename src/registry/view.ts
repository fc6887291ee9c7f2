import { aliasesOf, Model, latestVersions, Version } from './model/state.js';
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
  /** Where the files are, when the source says something else. */
  readonly storage?: string;
  readonly loggedModelId?: string;
  readonly runId?: string;
  readonly runLink?: string;
  readonly description?: string;
  readonly tags: Tags;
  readonly aliases: readonly string[];
}

export interface ModelView {
  readonly name: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly description?: string;
  readonly tags: Tags;
  readonly aliases: readonly (readonly [alias: string, version: number])[];
  /** The newest of each stage that has one. */
  readonly latestVersions: readonly VersionView[];
}

export const versionView = (name: string, model: Model, version: Version): VersionView => ({
  ...version,
  name,
  tags: sorted(version.tags),
  aliases: aliasesOf(model, version.version),
});

/** The version's view after a command that it outlived. */
export const viewAfter = (name: string, model: Model, version: number): VersionView =>
  versionView(name, model, model.versions.get(version)!);

export const modelView = (name: string, model: Model): ModelView => {
  const { createdAt, updatedAt, description, tags, aliases } = model;
  const latest = latestVersions(model, STAGES).map((version) => versionView(name, model, version));
  return {
    name,
    createdAt,
    updatedAt,
    description,
    tags: sorted(tags),
    aliases: sorted(aliases),
    latestVersions: latest,
  };
};

const sorted = <Value>(entries: Iterable<readonly [string, Value]>): readonly (readonly [string, Value])[] =>
  [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
