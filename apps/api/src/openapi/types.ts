import type { OpenAPIObject } from '@nestjs/swagger';

/** The parts of a document; the package exports only the whole. */
export type Components = NonNullable<OpenAPIObject['components']>;
export type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
export type Parameter = Exclude<NonNullable<Operation['parameters']>[number], Reference>;
export type Responses = Operation['responses'];
export type Response = Exclude<NonNullable<Responses[string]>, Reference>;
export type SecurityRequirements = NonNullable<Operation['security']>;

interface Reference {
  $ref: string;
}
