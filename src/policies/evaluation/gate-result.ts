import { JsonObject } from '../../core/index.js';

/** What one gate found: the inputs that it looked at, whether it passes, and why in words. */
export interface GateResult {
  readonly gate: string;
  readonly passed: boolean;
  readonly why: string;
  readonly inputs: JsonObject;
}

export interface Finding {
  readonly inputs: JsonObject;
  /** Nothing of it is missing. */
  readonly missing: readonly string[];
  /** What is told when it passes. */
  readonly fine: string;
}

const MAX_WHY = 1000;
const short = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** Evaluations are events: what stands in them is bounded, however long somebody's tags are. */
export const result = (gate: string, { inputs, missing, fine }: Finding): GateResult => ({
  gate,
  passed: missing.length === 0,
  why: short(missing.length === 0 ? fine : missing.join('; '), MAX_WHY),
  inputs,
});

export const shown = (text: string): string => short(text, 200);
