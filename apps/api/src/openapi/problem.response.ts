import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { ERROR_CODES, type ErrorCode, type Violation } from '#errors';
import type { ProblemBody } from '../problem/problem.js';

@ApiSchema({ name: 'Violation', description: 'One violated rule of the request.' })
class ViolationResponse implements Violation {
  @ApiProperty({ description: "The member's path.", example: 'subjectId' })
  member!: string;

  @ApiProperty({ example: 'subjectId must be a UUID' })
  rule!: string;
}

@ApiSchema({
  name: 'Problem',
  description: 'Problem details (RFC 9457). Branch on `code`: it is frozen; texts may change.',
})
export class ProblemResponse implements ProblemBody {
  @ApiProperty({ format: 'uri', example: 'urn:secure-biometric:problem:capture_not_found' })
  type!: string;

  @ApiProperty({ example: ERROR_CODES.capture_not_found.title })
  title!: string;

  @ApiProperty({ type: 'integer', minimum: 400, maximum: 599, example: 404 })
  status!: number;

  @ApiProperty({ enum: Object.keys(ERROR_CODES), example: 'capture_not_found' })
  code!: ErrorCode;

  @ApiPropertyOptional({
    description: 'What is particular to this occurrence.',
    example: 'Frame 3 is larger than 2 MiB',
  })
  detail?: string;

  @ApiProperty({ description: 'What to do about it.', example: ERROR_CODES.capture_not_found.next })
  next!: string;

  @ApiProperty({
    description: 'Names this occurrence in the logs.',
    example: 'f3a1c1de-5d0c-4b0e-9a55-1d9f6a3c2b10',
  })
  errorId!: string;

  @ApiPropertyOptional({ type: [ViolationResponse], description: 'With validation_failed: what to correct.' })
  errors?: readonly Violation[];
}
