import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type CommandContext, errors, systemContext } from '../../core/index.js';
import { about, Caller, CUSTODY_API, Requires } from '../../http/index.js';
import { modelName, versionNumber } from '../rules.js';
import { ModelSignatures } from './model-signatures.js';

@ApiTags('registry')
@Controller(CUSTODY_API)
export class ModelSignatureController {
  constructor(private readonly signatures: ModelSignatures) {}

  /** The version's OpenSSF Model Signing bundle; the key that verifies it is `model-signing-keys/<its hint>`. */
  @Get('models/:name/versions/:version/model.sig')
  @Requires('model:read', about.models('name'))
  async bundle(
    @Caller() { now, correlationId }: CommandContext,
    @Param('name') name: string,
    @Param('version') version: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // Signing is the server's own doing, whoever asked first.
    const context = systemContext(now, 'the signature of the version was asked for', { correlationId });
    const { signature, bundle } = await this.signatures.of(modelName(name), versionNumber(version), context);
    await reply
      .header('content-type', 'application/vnd.dev.sigstore.bundle.v0.3+json')
      .header('content-disposition', 'attachment; filename="model.sig"')
      .header('x-custody-signing-key', signature.keyId)
      .send(bundle);
  }

  /** All keys that versions were ever signed with. */
  @Get('model-signing-keys')
  @Requires('self:read')
  async keys(): Promise<object> {
    const keys = await this.signatures.keys();
    return {
      keys: [...keys.values()].map(({ keyId, algorithm, publicKey }) => ({
        key_id: keyId,
        algorithm,
        public_key: publicKey,
        current: keyId === this.signatures.current,
      })),
    };
  }

  /** One of them as PEM, or `current`. */
  @Get('model-signing-keys/:keyId')
  @Requires('self:read')
  async key(@Param('keyId') keyId: string, @Res() reply: FastifyReply): Promise<void> {
    const found = (await this.signatures.keys()).get(keyId === 'current' ? this.signatures.current : keyId);
    if (!found) throw errors.notFound('signing-key-not-found', 'no model was signed with such a key', 'key_id');
    await reply.header('content-type', 'application/x-pem-file').send(found.publicKey);
  }
}
