import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { REFERENCE_BASES, type ReferenceBasis } from '#biometrics';
import { type Assurance, ASSURANCES, type ReferenceView } from '#subjects';
import { EXAMPLE } from '../openapi/example-values.js';

@ApiSchema({ name: 'Reference', description: 'A stored template, by where it came from.' })
class ReferenceResponse implements ReferenceView {
  @ApiProperty({ format: 'uuid', example: EXAMPLE.referenceId })
  id!: string;

  @ApiProperty({ format: 'uuid', example: EXAMPLE.captureId, description: 'The enrolment that made it.' })
  captureId!: string;

  @ApiProperty({ enum: ASSURANCES, example: 'supervised' })
  assurance!: Assurance;

  @ApiProperty({
    enum: REFERENCE_BASES,
    example: 'first',
    description:
      'What permitted it: it was the first one, an accepted verification shortly before, or an operator.',
  })
  basis!: ReferenceBasis;

  @ApiProperty({ example: EXAMPLE.createdAt })
  createdAt!: Date;
}

@ApiSchema({ name: 'ReferenceList' })
export class ReferenceListResponse {
  @ApiProperty({ type: [ReferenceResponse] })
  items!: readonly ReferenceResponse[];
}
