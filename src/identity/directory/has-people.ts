import { DecisionMaker } from '../../ledger/index.js';
import { directoryDecider, USER_DIRECTORY } from './directory.js';

/** Whether a person was ever given an account here. */
export const hasPeople = async (decisions: DecisionMaker): Promise<boolean> =>
  (await decisions.load(directoryDecider, USER_DIRECTORY)).state.hasPeople;
