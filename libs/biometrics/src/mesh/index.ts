export { alignShape } from './align-shape.js';
export { assumedFocalLength } from './camera.js';
export { type FaceModel, vertexNormals } from './face-model.js';
export { type FusedMesh, fuseMesh } from './fuse-mesh.js';
