import { Injectable } from '@nestjs/common';
import { ArtifactOwner, isLoggedModel, KnownRun, RunDirectory } from '../../artifacts/index.js';
import { RunReader } from '../run/run-reader.js';
import { LoggedModelReader } from './logged-model-reader.js';

/** What the artifacts room asks: which runs and logged models there are, and which of them take files. */
@Injectable()
export class ArtifactOwners extends RunDirectory {
  constructor(
    private readonly runs: RunReader,
    private readonly models: LoggedModelReader,
  ) {
    super();
  }

  find(owner: ArtifactOwner): Promise<KnownRun | undefined> {
    return isLoggedModel(owner) ? this.models.find(owner) : this.runs.find(owner);
  }
}
