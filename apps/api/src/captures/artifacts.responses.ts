import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { ARTIFACT_TYPES, type ArtifactName, type ArtifactView } from '#captures';

@ApiSchema({ name: 'Artifact' })
class ArtifactResponse implements ArtifactView {
  @ApiProperty({ enum: Object.keys(ARTIFACT_TYPES), example: 'mesh.glb' })
  name!: ArtifactName;

  @ApiProperty({ enum: [...new Set(Object.values(ARTIFACT_TYPES))], example: 'model/gltf-binary' })
  mediaType!: ArtifactView['mediaType'];

  @ApiProperty({ type: 'integer', minimum: 0, example: 48_213, description: 'Size in bytes.' })
  bytes!: number;
}

@ApiSchema({ name: 'ArtifactList' })
export class ArtifactListResponse {
  @ApiProperty({ type: [ArtifactResponse] })
  items!: readonly ArtifactResponse[];
}
