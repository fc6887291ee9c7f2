import { UserId } from '../../core/index.js';

/** What a hold on a model needs to know of models; the app fills it from the registry and the log. */
export abstract class HeldModels {
  /** @throws CustodyError kind `not-found` */
  abstract idOf(name: string): Promise<string>;
  /** Whether anything that happened to the model was done by this person, or for them. */
  abstract workedOn(modelId: string, userId: UserId): Promise<boolean>;
}
