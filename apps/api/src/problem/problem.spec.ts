import {
  BadRequestException,
  HttpException,
  NotFoundException,
  ServiceUnavailableException,
} from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { ERROR_CODES, type ErrorCode, ProblemError } from '#errors';
import { BlobStoreUnavailableError } from '#storage';
import { problemBody, toProblemError } from './problem.js';

const withCode = (code: string, message = 'secret detail', more: object = {}): Error =>
  Object.assign(new Error(message), { code, ...more });
const query = (code: string): Error => new QueryFailedError('SELECT secret', ['secret'], withCode(code));

describe('every error becomes a problem that tells nothing of our insides', () => {
  it.each<[string, unknown, ErrorCode]>([
    ['a problem', new ProblemError('not_enrolled'), 'not_enrolled'],
    ['a body too large', withCode('FST_ERR_CTP_BODY_TOO_LARGE'), 'body_too_large'],
    ['a media type', withCode('FST_ERR_CTP_INVALID_MEDIA_TYPE'), 'unsupported_media_type'],
    [
      'an unknown refusal of the framework',
      withCode('FST_ERR_NEW', 'secret', { statusCode: 422 }),
      'validation_failed',
    ],
    [
      'an unknown failure of the framework',
      withCode('FST_ERR_NEW', 'secret', { statusCode: 500 }),
      'internal',
    ],
    ['a bad address', withCode('FST_ERR_BAD_URL', 'secret', { statusCode: 400 }), 'validation_failed'],
    ['400 of Nest', new BadRequestException('secret'), 'validation_failed'],
    ['404 of Nest', new NotFoundException('secret'), 'not_found'],
    ['418 of Nest', new HttpException('secret', 418), 'validation_failed'],
    ['503 of Nest', new ServiceUnavailableException('secret'), 'unavailable'],
    ['500 of Nest', new HttpException('secret', 500), 'internal'],
    ['a refused connection', withCode('ECONNREFUSED'), 'unavailable'],
    ['a lost connection', new Error('Connection terminated unexpectedly'), 'unavailable'],
    ['a pool that waits in vain', new Error('timeout exceeded when trying to connect'), 'unavailable'],
    ['a server that shuts down', query('57P01'), 'unavailable'],
    ['a statement that took too long', query('57014'), 'unavailable'],
    ['too many connections', query('53300'), 'unavailable'],
    ['a deadlock', query('40P01'), 'unavailable'],
    ['a lock that was not given', query('55P03'), 'unavailable'],
    ['the blob store', new BlobStoreUnavailableError('secret path'), 'unavailable'],
    ['a broken query', query('42P01'), 'internal'],
    ['a violated constraint', query('23505'), 'internal'],
    ['a bug', new TypeError('secret'), 'internal'],
    ['a string', 'secret', 'internal'],
    ['nothing', undefined, 'internal'],
    ['null', null, 'internal'],
  ])('%s', (_what, error, code) => {
    const problem = toProblemError(error);
    expect(problem.code).toBe(code);
    expect(problem.status).toBe(ERROR_CODES[code].status);
    expect(JSON.stringify(problemBody(problem, 'id'))).not.toMatch(/secret/);
  });
});

it('what passes says when to come again', () => {
  expect(toProblemError(withCode('ECONNRESET')).retryAfterSeconds).toBeGreaterThan(0);
  expect(toProblemError(new TypeError('x')).retryAfterSeconds).toBeUndefined();
});

it('the body has the members of RFC 9457, a detail only where there is one', () => {
  const plain = problemBody(new ProblemError('not_found'), 'id-1');
  expect(plain).toEqual({
    type: 'urn:secure-biometric:problem:not_found',
    title: ERROR_CODES.not_found.title,
    status: 404,
    code: 'not_found',
    next: ERROR_CODES.not_found.next,
    errorId: 'id-1',
  });
  const errors = [{ member: 'purpose', rule: 'is required' }];
  const detailed = problemBody(new ProblemError('validation_failed', { detail: 'why', errors }), 'id-2');
  expect(detailed).toMatchObject({ detail: 'why', errors });
});
