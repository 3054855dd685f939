import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { isUndocumented } from './undocumented.js';

/** An answer as it came over the wire. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface Response {
  readonly headers?: Readonly<Record<string, { readonly $ref?: string; readonly required?: boolean }>>;
  readonly content?: Readonly<Record<string, { readonly schema?: object }>>;
}
interface Operation {
  readonly pointer: string;
  readonly responses: Readonly<Record<string, Response | { readonly $ref: string }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Omit<Operation, 'pointer'>>>>>;
}

const PATH = join(import.meta.dirname, '..', '..', 'docs', 'openapi.json');
const PROBLEM = '#/components/schemas/Problem';
const PROBLEM_TYPE = 'application/problem+json';

/** An answer that the API's document does not describe; says which, without repeating the body. */
export class UndocumentedAnswerError extends Error {
  override readonly name = 'UndocumentedAnswerError';
}

/** The API's document as committed, held against what the API really answers. */
export class ApiDocument {
  private readonly ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false });
  private readonly operations: readonly (readonly [route: RegExp, method: string, Operation])[];

  constructor(private readonly document: object) {
    addFormats.default(this.ajv);
    this.ajv.addVocabulary(['openapi', 'info', 'servers', 'tags', 'paths', 'components']);
    this.ajv.addSchema(document, 'api');
    this.operations = Object.entries((document as Document).paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => {
        const pointer = `#/paths/${encodePointer(path)}/${method}`;
        return [patternOf(path), method.toUpperCase(), { ...operation, pointer }] as const;
      }),
    );
  }

  static readonly committed = new ApiDocument(JSON.parse(readFileSync(PATH, 'utf8')) as object);

  /**
   * @param target path and query, or a whole URL
   * @throws UndocumentedAnswerError on a status, header, media type or body that the document does not have
   */
  expect(method: string, target: string, answer: WireAnswer): void {
    const path = pathOf(target);
    const complain = (what: string): never => {
      throw new UndocumentedAnswerError(`${method} ${path} answered ${answer.status}: ${what}`);
    };
    if (isUndocumented(path)) {
      const isProblem = mediaTypeOf(answer.headers) === PROBLEM_TYPE;
      if (isProblem && method !== 'HEAD') this.expectBody(PROBLEM, answer.text, complain);
      return;
    }
    const read = method === 'HEAD' ? 'GET' : method;
    const operation = this.operations.find(([route, each]) => each === read && route.test(path))?.[2];
    if (operation) this.expectDescribed(operation, method, answer, complain);
    else this.expectStray(answer, complain);
  }

  /** Where there is no route, only problem details can come back. */
  private expectStray({ status, headers, text }: WireAnswer, complain: Complain): void {
    if (![400, 401, 404].includes(status)) complain('no such route is in the document');
    if (mediaTypeOf(headers) !== PROBLEM_TYPE) complain(`media type ${mediaTypeOf(headers)}`);
    this.expectBody(PROBLEM, text, complain);
  }

  private expectDescribed(
    operation: Operation,
    method: string,
    answer: WireAnswer,
    complain: Complain,
  ): void {
    const documented = operation.responses[answer.status];
    if (!documented) return complain('the document has no such status for the route');
    const pointer =
      '$ref' in documented ? documented.$ref : `${operation.pointer}/responses/${answer.status}`;
    const response = '$ref' in documented ? (this.resolve(documented.$ref) as Response) : documented;
    for (const [name, header] of Object.entries(response.headers ?? {})) {
      const { required } = header.$ref ? (this.resolve(header.$ref) as { required?: boolean }) : header;
      if (required && !answer.headers.has(name)) complain(`without the header ${name}`);
    }
    if (method === 'HEAD') return;
    const mediaType = mediaTypeOf(answer.headers);
    if (!response.content) return answer.text === '' ? undefined : complain('a body where there is none');
    const content = response.content[mediaType];
    if (!content) return complain(`media type ${mediaType}`);
    if (content.schema)
      this.expectBody(`${pointer}/content/${encodePointer(mediaType)}/schema`, answer.text, complain);
  }

  private expectBody(pointer: string, text: string, complain: Complain): void {
    const validate = this.ajv.getSchema(`api${pointer}`) as ValidateFunction;
    if (!validate(JSON.parse(text))) complain(this.ajv.errorsText(validate.errors, { dataVar: 'body' }));
  }

  private resolve(reference: string): unknown {
    return reference
      .slice(2)
      .split('/')
      .reduce((node: unknown, key) => (node as Record<string, unknown>)[key], this.document);
  }
}

type Complain = (what: string) => never;

function patternOf(template: string): RegExp {
  const literal = template.split(/\{\w+\}/).map((part) => part.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('[^/]+')}$`);
}

/** Undecoded, as the router matches it; what cannot be decoded reaches no route. */
function pathOf(target: string): string {
  const path = target.replace(/^https?:\/\/[^/]*/, '').replace(/[?#].*$/s, '');
  try {
    decodeURIComponent(path);
    return path;
  } catch {
    return `not an address: ${path}`;
  }
}

function mediaTypeOf(headers: Headers): string {
  return (headers.get('content-type') ?? 'none').replace(/;.*$/, '').trim();
}

function encodePointer(key: string): string {
  return encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'));
}
