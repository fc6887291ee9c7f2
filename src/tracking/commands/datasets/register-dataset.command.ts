import { Command } from '@nestjs/cqrs';
import { CommandContext } from '../../../core/index.js';
import { Dataset } from '../../dataset/events.js';

/** A CSV file becomes a snapshot that training runs can name. */
export class RegisterDataset extends Command<Dataset> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly name: string; readonly body: Buffer; readonly source?: string },
  ) {
    super();
  }
}
