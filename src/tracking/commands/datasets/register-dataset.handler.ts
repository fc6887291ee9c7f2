import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { createHash } from 'node:crypto';
import { ArtifactStore } from '../../../artifacts/index.js';
import { CustodyError, DatasetId, hexId } from '../../../core/index.js';
import { DecisionMaker } from '../../../ledger/index.js';
import { datasetDecider, datasetStream } from '../../dataset/decide.js';
import { Dataset } from '../../dataset/events.js';
import { inspectCsv } from '../../dataset/inspect-csv.js';
import { keyProblem, lengthProblem, LIMITS } from '../../keys.js';
import { RegisterDataset } from './register-dataset.command.js';

@CommandHandler(RegisterDataset)
export class RegisterDatasetHandler implements ICommandHandler<RegisterDataset> {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly store: ArtifactStore,
  ) {}

  async execute({ context, input: { name, body, source } }: RegisterDataset): Promise<Dataset> {
    const problem =
      keyProblem(name, 'name') ?? lengthProblem('the source', source ?? '', LIMITS.datasetSource, 'source');
    if (problem) throw new CustodyError(problem);
    const { rows, columns } = inspectCsv(body);
    const sha256 = createHash('sha256').update(body).digest('hex');
    const datasetId = `d-${hexId('dataset', name, sha256)}` as DatasetId;
    // The bytes come first: an event that names them must never be without them.
    await this.store.put(body);
    const command = {
      type: 'register',
      datasetId,
      name,
      sha256,
      size: body.byteLength,
      rows,
      columns,
      ...(source ? { source } : {}),
    } as const;
    const { state } = await this.decisions.decide(datasetDecider, datasetStream(datasetId), command, context);
    return state!;
  }
}
