import { encodeGlb, encodeObj } from '#artifacts';
import { type FusedMesh, fuseMesh } from '#biometrics';
import { bestFrame } from './best-frame.js';
import { decodeMatching } from './decode-matching.js';
import { type Artifact, type CaptureFrame, type MeshResult } from './results.js';
import { timed } from './timed.js';

/** Fuses the frames' landmarks into a mesh and, if asked, writes it out with the best frame as its texture. */
export async function meshTask(frames: readonly CaptureFrame[], withArtifacts: boolean): Promise<MeshResult> {
  const best = bestFrame(frames);
  const [mesh, fusion] = await timed(() => fuseMesh(frames));
  const [artifacts, writing] = await timed(() => (withArtifacts ? write(mesh, best) : []));
  return { mesh, bestFrame: best.index, artifacts, timingsMs: { fusion, artifacts: writing } };
}

async function write(mesh: FusedMesh, frame: CaptureFrame): Promise<Artifact[]> {
  const image = await decodeMatching(frame);
  return [
    {
      name: 'mesh.glb',
      mediaType: 'model/gltf-binary',
      bytes: await encodeGlb(mesh, image, frame.landmarks),
    },
    { name: 'mesh.obj', mediaType: 'model/obj', bytes: encodeObj(mesh) },
  ];
}
