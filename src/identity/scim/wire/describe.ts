import { Attribute, GROUP, Schema, USER } from './attributes.js';
import { MAX_RESULTS } from './shown.js';
import { SCIM_API } from './problem.js';

const describedAttribute = (attribute: Attribute): object => ({
  name: attribute.name,
  type: attribute.type,
  multiValued: attribute.multiValued ?? false,
  description: attribute.description,
  required: attribute.required ?? false,
  ...(attribute.type === 'string' || attribute.type === 'reference' ? { caseExact: attribute.caseExact ?? false } : {}),
  ...(attribute.type === 'reference' ? { referenceTypes: ['User', 'Group'] } : {}),
  mutability: attribute.mutability ?? 'readWrite',
  returned: 'default',
  ...(attribute.type === 'boolean' ? {} : { uniqueness: attribute.uniqueness ?? 'none' }),
  ...(attribute.subAttributes ? { subAttributes: attribute.subAttributes.map(describedAttribute) } : {}),
});

const schemaOf = (base: string, { id, name, description, attributes }: Schema) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
  id,
  name,
  description,
  attributes: attributes.map(describedAttribute),
  meta: { resourceType: 'Schema', location: `${base}/${SCIM_API}/Schemas/${id}` },
});

export const schemasAt = (base: string) => [USER, GROUP].map((schema) => schemaOf(base, schema));

export const resourceTypesAt = (base: string) =>
  [USER, GROUP].map(({ id, name, description }) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id: name,
    name,
    description,
    endpoint: `/${name}s`,
    schema: id,
    meta: { resourceType: 'ResourceType', location: `${base}/${SCIM_API}/ResourceTypes/${name}` },
  }));

export const serviceProviderConfigAt = (base: string) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: MAX_RESULTS },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: false },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'Token',
      description: 'A token of a service account that has the role provisioner',
      specUri: 'https://www.rfc-editor.org/rfc/rfc6750',
      primary: true,
    },
  ],
  meta: { resourceType: 'ServiceProviderConfig', location: `${base}/${SCIM_API}/ServiceProviderConfig` },
});
