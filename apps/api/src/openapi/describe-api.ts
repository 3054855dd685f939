import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { API_CONTROLLERS } from '../controllers.js';
import { IdempotencyInterceptor } from '../idempotency/idempotency.interceptor.js';
import { baseDocument } from './base-document.js';
import { closeSchema } from './close-schema.js';
import { finishOperation, type ScannedOperation } from './finish-operation.js';
import { ProblemResponse } from './problem.response.js';
import type { Components } from './types.js';
import { withoutUnused } from './without-unused.js';

/**
 * The OpenAPI 3.1 document of the API, from its controllers, the table of routes and the table of error codes. Nothing is opened
 * for it: neither a database nor a port.
 * @throws Error naming a route that has no documentation
 */
export async function describeApi(): Promise<OpenAPIObject> {
  const base = baseDocument();
  const scanned = await scan(base);
  const paths = mapValues(scanned.paths, (item, path) =>
    mapValues(item as Record<string, ScannedOperation>, (operation, method) =>
      finishOperation(method.toUpperCase(), path, operation),
    ),
  );
  const schemas = mapValues(scanned.components?.schemas ?? {}, (schema) =>
    closeSchema({ ...schema }),
  ) as Components['schemas'];
  return withoutUnused({ ...base, paths, components: { ...scanned.components, schemas } });
}

/** What the decorators say; the controllers are looked at, not made, so what they need is never used. */
async function scan(base: Omit<OpenAPIObject, 'paths'>): Promise<OpenAPIObject> {
  const dependencies = [...API_CONTROLLERS, IdempotencyInterceptor].flatMap(
    (each) => (Reflect.getMetadata('design:paramtypes', each) ?? []) as (new () => unknown)[],
  );
  const module: DynamicModule = {
    module: class Documentation {},
    controllers: [...API_CONTROLLERS],
    providers: dependencies.map((provide) => ({ provide, useValue: undefined })),
  };
  const options = { preview: true, logger: false, abortOnError: false } as const;
  const app = await NestFactory.create(module, new FastifyAdapter(), options);
  return SwaggerModule.createDocument(app, base, { extraModels: [ProblemResponse] });
}

function mapValues<From, To>(from: Record<string, From>, change: (value: From, key: string) => To) {
  return Object.fromEntries(Object.entries(from).map(([key, value]) => [key, change(value, key)]));
}
