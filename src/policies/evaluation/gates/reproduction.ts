import { Evidence, RunEvidence } from '../evidence.js';
import { Finding, shown } from '../gate-result.js';
import { inputsFor } from './data.js';
import { own } from './tags.js';

/** Set on a version by the service that trained it again: the id of the run in which it did. */
export const REPRODUCED_IN = 'custody.reproduced_in';

const snapshots = (run: RunEvidence): string =>
  JSON.stringify(
    inputsFor(run, 'training')
      .map(({ digest, snapshot }) => snapshot?.sha256 ?? digest)
      .sort(),
  );
const parameters = (run: RunEvidence): string =>
  JSON.stringify(Object.entries(run.params).sort(([a], [b]) => (a < b ? -1 : 1)));

/** The claim is a service's; that the run it names is another one, finished, with the same data and parameters, is looked up. */
export function reproduction({ version: { tags, run }, reproduction: again }: Evidence): Finding {
  const claim = own(tags, REPRODUCED_IN);
  const missing = (): readonly string[] => {
    if (!claim) return [`nobody recorded that it was reproduced: no tag ${REPRODUCED_IN} on the version`];
    if (!claim.byService)
      return [`the tag ${REPRODUCED_IN} was set by a person; only what a service account recorded counts`];
    if (!run) return ['the version names no run that could be reproduced'];
    if (claim.value === run.runId) return ['a run is no reproduction of itself'];
    if (!again?.run || again.run.deleted) return [`there is no run ${shown(claim.value)}`];
    if (again.run.status !== 'FINISHED') return [`run ${again.run.runId} is ${again.run.status}, not FINISHED`];
    if (inputsFor(run, 'training').length === 0)
      return ['the run names no training data, so nothing tells whether it was the same'];
    if (snapshots(again.run) !== snapshots(run)) return [`run ${again.run.runId} was trained on other data`];
    return parameters(again.run) === parameters(run) ? [] : [`run ${again.run.runId} has other parameters`];
  };
  return {
    inputs: {
      claim: claim ? shown(claim.value) : null,
      by: claim?.by ?? null,
      by_service: claim?.byService ?? null,
      run_id: run?.runId ?? null,
    },
    missing: missing(),
    fine: `trained again in run ${claim?.value}, on the same data with the same parameters`,
  };
}
