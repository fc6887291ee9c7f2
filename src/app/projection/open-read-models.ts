import { ReadModelFile } from '../../projection/index.js';
import { Settings } from '../config/settings.js';
import { Foundation } from '../foundation.js';
import { layout } from '../layout.js';

/** The read models as they are when they fit this program and this log, otherwise new and empty ones. */
export async function openReadModels(
  settings: Settings,
  foundation: Foundation,
  onRebuild: (why: string) => void,
): Promise<ReadModelFile> {
  const file = layout(settings).readModels;
  const { projections } = foundation.projectorOptions;
  const [first] = await foundation.ledger.readAll({ limit: 1 });
  const why = ReadModelFile.unusable(file, projections, first?.id);
  if (why === undefined) return ReadModelFile.open(file);
  if (first) onRebuild(why);
  return ReadModelFile.create(file, projections);
}
