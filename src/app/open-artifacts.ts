import { ArtifactStore, DiskArtifactStore, openS3ArtifactStore } from '../artifacts/index.js';
import { never } from '../core/index.js';
import { Settings } from './config/settings.js';

/** The store that the settings name. A bucket that can't be used is told now, not at somebody's upload. */
export async function openArtifacts(
  { artifacts, maxArtifactBytes: maxBytes, maxFetchedBytes }: Settings,
  folder: string,
): Promise<ArtifactStore> {
  switch (artifacts.kind) {
    case 'file':
      return new DiskArtifactStore(folder, { maxBytes });
    case 's3':
      return openS3ArtifactStore(artifacts, { staging: folder, maxBytes, maxFetchedBytes });
    default:
      return never(artifacts);
  }
}
