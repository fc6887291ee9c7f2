/** RFC 7643 §7, as far as Custody keeps anything of it. What is not listed here is ignored when it comes in. */
export interface Attribute {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'complex' | 'reference' | 'dateTime';
  readonly description: string;
  readonly multiValued?: true;
  readonly required?: true;
  readonly mutability?: 'readOnly' | 'immutable';
  readonly caseExact?: true;
  readonly uniqueness?: 'server';
  readonly subAttributes?: readonly Attribute[];
}

export interface Schema {
  readonly id: string;
  readonly name: 'User' | 'Group';
  readonly description: string;
  readonly attributes: readonly Attribute[];
}

/** Of every resource (RFC 7643 §3.1); not repeated in the schemas that are published. */
export const COMMON: readonly Attribute[] = [
  { name: 'schemas', type: 'reference', multiValued: true, caseExact: true, description: 'URNs of its schemas' },
  { name: 'id', type: 'string', mutability: 'readOnly', caseExact: true, description: 'The id that Custody gave it' },
  { name: 'externalId', type: 'string', caseExact: true, description: 'The id that the directory has for it' },
  {
    name: 'meta',
    type: 'complex',
    mutability: 'readOnly',
    description: 'What it is, and since when',
    subAttributes: [
      { name: 'resourceType', type: 'string', caseExact: true, description: 'User or Group' },
      { name: 'created', type: 'dateTime', description: 'When it was created' },
      { name: 'lastModified', type: 'dateTime', description: 'When it was last changed' },
      { name: 'location', type: 'reference', caseExact: true, description: 'Where it is' },
    ],
  },
];

const text = (name: string, description: string): Attribute => ({ name, type: 'string', description });

export const USER: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:User',
  name: 'User',
  description: 'A person with an account',
  attributes: [
    {
      name: 'userName',
      type: 'string',
      required: true,
      mutability: 'immutable',
      uniqueness: 'server',
      description: 'The login. It stays taken for ever, so it is never given to anybody else and never changed.',
    },
    {
      name: 'name',
      type: 'complex',
      description: 'Parts of the name',
      subAttributes: [
        text('formatted', 'The whole name'),
        text('familyName', 'The family name'),
        text('givenName', 'The given name'),
        text('middleName', 'Names between the two'),
        text('honorificPrefix', 'A title before it'),
        text('honorificSuffix', 'A title after it'),
      ],
    },
    text('displayName', 'The name that others see'),
    { name: 'active', type: 'boolean', description: 'False: the account is disabled, its tokens with it' },
    {
      name: 'emails',
      type: 'complex',
      multiValued: true,
      description: 'Mail addresses; the primary one, else the first, is the account’s',
      subAttributes: [
        text('value', 'The address'),
        text('display', 'The address as people see it'),
        text('type', 'work, home or other'),
        { name: 'primary', type: 'boolean', description: 'Whether it is the preferred one' },
      ],
    },
    {
      name: 'groups',
      type: 'complex',
      multiValued: true,
      mutability: 'readOnly',
      description: 'Groups that have this person as a member',
      subAttributes: [
        { ...text('value', 'Id of the group'), mutability: 'readOnly', caseExact: true },
        { name: '$ref', type: 'reference', mutability: 'readOnly', caseExact: true, description: 'Where it is' },
        { ...text('display', 'Name of the group'), mutability: 'readOnly' },
      ],
    },
  ],
};

export const GROUP: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  name: 'Group',
  description: 'A group of the directory. Which roles its members have, Custody’s administrators say.',
  attributes: [
    { ...text('displayName', 'The name by which roles are given'), required: true },
    {
      name: 'members',
      type: 'complex',
      multiValued: true,
      description: 'Who belongs to it',
      subAttributes: [
        { ...text('value', 'Id of the member'), caseExact: true },
        text('display', 'Name of the member'),
        { name: '$ref', type: 'reference', caseExact: true, description: 'Where the member is' },
        text('type', 'User'),
      ],
    },
  ],
};

export const attributesOf = (schema: Schema): readonly Attribute[] => [...COMMON, ...schema.attributes];

/** Names of attributes are the same in any case (RFC 7643 §2.1). */
export const named = (attributes: readonly Attribute[], name: string): Attribute | undefined =>
  attributes.find((attribute) => attribute.name.toLowerCase() === name.toLowerCase());
