import {
  Decider,
  DomainEvent,
  EventDefinition,
  ExperimentId,
  LoggedModelId,
  ManifestDigest,
  RunId,
  accept,
} from '../../core/index.js';
import { ownerOf } from '../artifact/events.js';

/** Which files of a run or a logged model were sealed: the manifest is theirs, whatever becomes of the paths. */
export type ArtifactsSealed = DomainEvent<
  'ArtifactsSealed',
  {
    readonly manifest: ManifestDigest;
    readonly runId?: RunId;
    readonly modelId?: LoggedModelId;
    readonly experimentId: ExperimentId;
    /** The folder, or the file; empty for all of them. */
    readonly path: string;
    readonly files: number;
    /** Of all files together, in bytes. */
    readonly size: number;
  }
>;

/** Where the same files were sealed, the first place first. */
export type Seals = readonly ArtifactsSealed['data'][];

export const sealStream = (manifest: ManifestDigest): string => `sealed-artifacts-${manifest}`;

const samePlace = (a: ArtifactsSealed['data'], b: ArtifactsSealed['data']) =>
  ownerOf(a) === ownerOf(b) && a.path === b.path;

/** The same files at the same place are sealed once. */
export const sealDecider: Decider<Seals, ArtifactsSealed['data'], ArtifactsSealed> = {
  initial: [],
  evolve: (seals, { data }) => [...seals, data],
  decide: (seal, seals) =>
    seals.some((known) => samePlace(known, seal)) ? accept() : accept({ type: 'ArtifactsSealed', data: seal }),
};

export const sealEvents: readonly EventDefinition[] = [
  {
    type: 'ArtifactsSealed',
    summary: 'The files of a folder were put under one digest, so that what is made of them stays what it is.',
    stream: 'sealed-artifacts-<sha256 of the manifest>',
    resource: (data) => {
      const { manifest, experimentId, ...owned } = data as ArtifactsSealed['data'];
      const owner = ownerOf(owned);
      return {
        kind: 'sealed-artifacts',
        id: manifest,
        parents: [
          { kind: owned.modelId === undefined ? 'run' : 'logged-model', id: owner },
          { kind: 'experiment', id: experimentId },
        ],
      };
    },
    samples: [
      {
        manifest: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
        runId: '0192f0a8c4b77a1e9d3c5b6a7f8e9d0c',
        experimentId: '1',
        path: 'lims_qc_model',
        files: 7,
        size: 51344,
      },
    ],
  },
];
