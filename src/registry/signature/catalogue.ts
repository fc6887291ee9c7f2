import { EventDefinition } from '../../core/index.js';
import { versionResource } from '../model/catalogue.js';
import { ModelSigningKeyIntroduced, ModelVersionSigned } from './events.js';

const keyId = 'aef871feeff363195537c1582d6daac1a8b89b349c133437a9ac83e011a9b487';

export const signatureEvents: readonly EventDefinition[] = [
  {
    type: 'ModelSigningKeyIntroduced',
    summary: 'The server began to sign model versions with this key; those that are signed keep their signature.',
    stream: 'model-signing-keys',
    resource: (data) => ({
      kind: 'model-signing-key',
      id: (data as unknown as ModelSigningKeyIntroduced['data']).keyId,
    }),
    samples: [
      {
        keyId,
        algorithm: 'ecdsa-p256-sha256',
        publicKey:
          '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEo+5LbcXd8gTgrYyMp1p+6GrdsaNn\nlqW6mhQYQ9MQGUcHsTnWUmDIxi1KnBBGmZXMNg4Fn2GPBhGZ9nLmTBR0iQ==\n-----END PUBLIC KEY-----\n',
      },
    ],
  },
  {
    type: 'ModelVersionSigned',
    summary: 'The server signed the files of a model version, as an OpenSSF Model Signing bundle.',
    stream: 'model-signature-<model id>-<version>',
    resource: (data) => versionResource(data as ModelVersionSigned['data']),
    samples: [
      {
        modelId: '0192f0a8c4b77a1e9d3c5b6a7f8e9d0c',
        name: 'lims_contamination_detector',
        version: 2,
        manifest: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
        path: '',
        files: 7,
        keyId,
        bundle: '7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730',
      },
    ],
  },
];
