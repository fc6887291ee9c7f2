import type { INestApplication, Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ApiOperation, ApiProperty, ApiPropertyOptions } from '@nestjs/swagger';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { ACTIONS, Declared, REQUIRES } from '../../http/index.js';

/**
 * Tells the OpenAPI generator what the request classes say already to class-validator: which fields there
 * are, of what type, within which limits. And of each route, which permission it asks for.
 */
export function describeRequests(app: INestApplication): void {
  const described = new Set<unknown>();
  for (const { controllers } of app.get(ModulesContainer).values()) {
    for (const { metatype } of controllers.values()) {
      for (const [name, handler] of handlersOf(metatype as Type<object>)) {
        const prototype = prototypeOf(metatype as Type<object>);
        describeRoute(prototype, name, handler);
        const parameters = (Reflect.getMetadata('design:paramtypes', prototype, name) ?? []) as unknown[];
        for (const parameter of parameters) describeClass(parameter, described);
      }
    }
  }
}

/** Nest's `Type` says `any` here. */
const prototypeOf = (type: Type<object>): object => type.prototype as object;

function handlersOf(controller: Type<object>): [string, object][] {
  const properties = Object.entries(Object.getOwnPropertyDescriptors(prototypeOf(controller)));
  return properties.flatMap(([name, { value }]) =>
    typeof value === 'function' && Reflect.hasMetadata('method', value as object)
      ? [[name, value as object] as [string, object]]
      : [],
  );
}

function describeRoute(prototype: object, name: string, handler: object): void {
  const declared = Reflect.getMetadata(REQUIRES, handler) as Declared;
  if (declared === undefined || Reflect.hasMetadata('swagger/apiOperation', handler)) return;
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const summary = words.charAt(0).toUpperCase() + words.slice(1);
  const open = declared === 'public';
  const description = open
    ? 'Anyone may ask.'
    : `Needs the permission \`${declared.action}\`: ${ACTIONS[declared.action]}.`;
  ApiOperation({ summary, description, ...(open ? { security: [] } : {}) })(prototype, name, { value: handler });
}

function describeClass(request: unknown, described: Set<unknown>): void {
  if (typeof request !== 'function' || described.has(request)) return;
  described.add(request);
  const all = getMetadataStorage().getTargetValidationMetadatas(request, '', false, false);
  for (const [property, rules] of Map.groupBy(all, ({ propertyName }) => propertyName)) {
    const nested = defaultMetadataStorage.findTypeMetadata(request, property)?.typeFunction() as
      Type<object> | undefined;
    if (nested) describeClass(nested, described);
    ApiProperty(optionsOf(rules, nested))(prototypeOf(request as Type<object>), property);
  }
}

function optionsOf(rules: readonly ValidationMetadata[], nested: Type<object> | undefined): ApiPropertyOptions {
  const rule = (name: string) => rules.find((each) => each.name === name);
  const limit = (name: string) => rule(name)?.constraints?.[0] as number | undefined;
  const values = rule('isIn')?.constraints?.[0] as readonly (string | number)[] | undefined;
  const required = !rules.some(({ type }) => type === 'conditionalValidation');
  const limits = {
    minimum: limit('min'),
    maximum: limit('max'),
    minLength: limit('minLength'),
    maxLength: limit('maxLength'),
  };
  const isArray = rule('isArray') !== undefined;
  const type =
    nested ??
    (rule('isInt')
      ? 'integer'
      : rule('isNumber')
        ? 'number'
        : rule('isBoolean')
          ? 'boolean'
          : rule('isObject')
            ? 'object'
            : 'string');
  const known = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
  return { required, type, isArray, ...known, ...(values ? { enum: [...values] } : {}) } as ApiPropertyOptions;
}
