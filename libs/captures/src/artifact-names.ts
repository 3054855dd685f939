/** Every artifact there can be, and its media type: what is not named here, templates above all, is never handed out. */
export const ARTIFACT_TYPES = {
  'depth.png': 'image/png',
  'overlay.png': 'image/png',
  'mesh.glb': 'model/gltf-binary',
  'mesh.obj': 'model/obj',
} as const;

export type ArtifactName = keyof typeof ARTIFACT_TYPES;

export function isArtifactName(name: string): name is ArtifactName {
  return Object.hasOwn(ARTIFACT_TYPES, name);
}
