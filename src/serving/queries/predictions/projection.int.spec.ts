import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Following } from '../../../artifacts/testing/rebuilt-equals-incremental.js';
import { EventCatalogue, FixedClock, ModelId, systemContext } from '../../../core/index.js';
import { DecisionMaker } from '../../../ledger/index.js';
import { MemoryLedger } from '../../../ledger/memory/index.js';
import { PredictionsMade, predictionsStream, servingEvents } from '../../prediction/events.js';
import { predictionsProjection } from './projection.js';

describe('the list of predictions', () => {
  it('rebuilt equals incremental, one row for each event, for any history', async () => {
    const one = fc.record({
      model: fc.constantFrom('a', 'b'),
      risks: fc.array(fc.constantFrom('LOW' as const, 'HIGH' as const), { minLength: 1, maxLength: 4 }),
      reason: fc.option(fc.string({ minLength: 1, maxLength: 4 }), { nil: undefined }),
      follow: fc.boolean(),
    });
    await fc.assert(fc.asyncProperty(fc.array(one, { maxLength: 12 }), check), { numRuns: 20 });
  });
});

async function check(
  history: readonly {
    model: string;
    risks: readonly ('LOW' | 'HIGH')[];
    reason: string | undefined;
    follow: boolean;
  }[],
) {
  const clock = new FixedClock();
  const ledger = new MemoryLedger(clock);
  const decisions = new DecisionMaker(ledger, new EventCatalogue(servingEvents));
  const following = new Following({ ledger, events: servingEvents, projections: [predictionsProjection] });
  for (const [index, { model, risks, reason, follow }] of history.entries()) {
    clock.advance(1000);
    const modelId = model.repeat(32) as ModelId;
    const event: PredictionsMade = {
      type: 'PredictionsMade',
      data: {
        predictionId: `p${index}`,
        modelId,
        name: model,
        version: 1,
        stage: 'None',
        modelSha256: 'c'.repeat(64),
        features: ['x'],
        samples: risks.map((_, sample) => ({ sample_id: `s${sample}`, values: [sample] })),
        inputsSha256: 'd'.repeat(64),
        results: risks.map((risk) => ({ predicted_class: risk === 'HIGH' ? 1 : 0, probability: 0.5, risk })),
      },
    };
    await decisions.record(predictionsStream(modelId), [event], systemContext(clock.now(), 'test', { reason }));
    if (follow) await following.follow();
  }
  const rows = (await following.expectSameAsRebuilt())['predictions'] as readonly {
    high_risk: string;
    reason: string | null;
    sample_count: number;
    position: number;
  }[];
  following.close();
  expect([...rows].sort((a, b) => a.position - b.position)).toMatchObject(
    history.map(({ risks, reason }) => ({
      high_risk: JSON.stringify(risks.flatMap((risk, index) => (risk === 'HIGH' ? [`s${index}`] : []))),
      reason: reason ?? null,
      sample_count: risks.length,
    })),
  );
}
