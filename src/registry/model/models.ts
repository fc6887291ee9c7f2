import { Injectable } from '@nestjs/common';
import { CommandContext, CustodyError, errors, hexId, microsToMillis, ModelId } from '../../core/index.js';
import { DecisionMaker, Written } from '../../ledger/index.js';
import { DIRECTORY, directoryDecider } from '../directory/decide.js';
import { namedModel } from '../rules.js';
import { Base, ModelCommand, modelStream, noModel } from './command.js';
import { modelDecider } from './decide.js';
import { ModelEvent } from './events.js';
import { Model } from './state.js';

/** A command before it is known whose stream it goes to and when. */
type Unaddressed<C> = C extends Base ? Omit<C, keyof Base> : never;
export type Asked = Unaddressed<ModelCommand>;

/** Finds models by name and decides over them. */
@Injectable()
export class Models {
  constructor(private readonly decisions: DecisionMaker) {}

  async holder(name: string): Promise<ModelId | undefined> {
    const { state } = await this.decisions.load(directoryDecider, DIRECTORY);
    return state.byName.get(name);
  }

  async nameOf(modelId: ModelId): Promise<string | undefined> {
    const { state } = await this.decisions.load(directoryDecider, DIRECTORY);
    return state.byName.findKey((id) => id === modelId);
  }

  async find(name: string): Promise<ModelId> {
    const modelId = await this.holder(namedModel(name));
    if (modelId === undefined) throw new CustodyError(noModel(name).refusal);
    return modelId;
  }

  async load(modelId: ModelId): Promise<Model> {
    return (await this.decisions.load(modelDecider, modelStream(modelId))).state;
  }

  async decide(name: string, asked: Asked, context: CommandContext): Promise<Written<ModelEvent, Model>> {
    return this.decideOn(await this.find(name), name, asked, context);
  }

  async decideOn(
    modelId: ModelId,
    name: string,
    asked: Asked,
    context: CommandContext,
  ): Promise<Written<ModelEvent, Model>> {
    const command = { ...asked, modelId, name, at: microsToMillis(context.now) } as ModelCommand;
    return this.decisions.decide(modelDecider, modelStream(modelId), command, context);
  }

  /**
   * Whose the name is from now on: `fresh`, or the model that had reserved it before. A deleted model
   * loses it here, when a crash kept its deletion from getting that far; one that was never created
   * keeps its id, and the caller creates it. So a crash between two streams heals at the next try.
   */
  async reserve(name: string, fresh: ModelId, context: CommandContext): Promise<ModelId> {
    for (let attempt = 0; attempt < 8; attempt++) {
      const { state } = await this.directory({ type: 'reserve', modelId: fresh, name }, context);
      const holder = state.byName.get(name)!;
      if ((await this.load(holder)).status !== 'deleted') return holder;
      await this.release(name, holder, context);
    }
    throw errors.conflict('name-contested', `others keep taking and giving up the name ${name}; try again`, 'name');
  }

  async rename(name: string, newName: string, context: CommandContext): Promise<ModelId> {
    const modelId = await this.find(name);
    if ((await this.load(modelId)).status !== 'active') throw new CustodyError(noModel(name).refusal);
    const holder = await this.holder(newName);
    if (holder !== undefined && (await this.load(holder)).status === 'deleted')
      await this.release(newName, holder, context);
    await this.directory({ type: 'rename', modelId, name, newName }, context);
    return modelId;
  }

  async release(name: string, modelId: ModelId, context: CommandContext): Promise<void> {
    await this.directory({ type: 'release', modelId, name }, context);
  }

  private directory(
    asked:
      | { type: 'reserve' | 'release'; modelId: ModelId; name: string }
      | { type: 'rename'; modelId: ModelId; name: string; newName: string },
    context: CommandContext,
  ) {
    return this.decisions.decide(directoryDecider, DIRECTORY, { ...asked, at: microsToMillis(context.now) }, context);
  }
}

/** The same request again asks for the same id. */
export const newModelId = ({ idempotencyKey }: CommandContext): ModelId =>
  (idempotencyKey === undefined ? hexId() : hexId('registered-model', idempotencyKey)) as ModelId;
