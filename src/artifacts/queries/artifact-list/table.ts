/** Files and the folders around them, each under the folder that holds it (empty: the root). */
export interface ArtifactEntries {
  run_id: string;
  folder: string;
  name: string;
  is_dir: 0 | 1;
  size: number | null;
  sha256: string | null;
}

/** Every file ever stored, also those whose path has newer bytes by now, or none. */
export interface ArtifactVersions {
  run_id: string;
  path: string;
  /** Order within the run. */
  revision: number;
  size: number;
  sha256: string;
  stored_at: number;
  /** When the path was deleted; a later upload is a new row. */
  deleted_at: number | null;
}

export interface ArtifactTables {
  artifact_entries: ArtifactEntries;
  artifact_versions: ArtifactVersions;
}
