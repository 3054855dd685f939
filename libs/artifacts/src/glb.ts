import { Document, WebIO } from '@gltf-transform/core';
import { type FusedMesh, type RgbImage, vertexNormals } from '#biometrics';
import { cutTexture } from './face-texture.js';
import { counterclockwise, upright } from './gltf-axes.js';

const METRES_PER_MM = 0.001;

/**
 * A face mesh as binary glTF 2.0: metres, y up, looking along +z, textured with a frame. Its `extras` say that the scale
 * is assumed.
 * @param image the frame whose `landmarks` place the texture: the most frontal one shows most of the face.
 * @throws {RangeError} when the landmarks do not lie in the frame.
 */
export async function encodeGlb(
  mesh: FusedMesh,
  image: RgbImage,
  landmarks: Float32Array,
): Promise<Uint8Array> {
  const { jpeg, coordinates } = await cutTexture(image, landmarks);
  const document = new Document();
  const buffer = document.createBuffer();
  const accessor = (type: 'VEC2' | 'VEC3' | 'SCALAR', values: Float32Array | Uint16Array) =>
    document.createAccessor().setType(type).setArray(values).setBuffer(buffer);
  const texture = document.createTexture('face').setMimeType('image/jpeg').setImage(new Uint8Array(jpeg));
  const material = document
    .createMaterial('face')
    .setBaseColorTexture(texture)
    .setMetallicFactor(0)
    .setRoughnessFactor(1)
    .setDoubleSided(true);
  const primitive = document
    .createPrimitive()
    .setAttribute('POSITION', accessor('VEC3', upright(mesh.points, METRES_PER_MM)))
    .setAttribute('NORMAL', accessor('VEC3', upright(vertexNormals(mesh), 1)))
    .setAttribute('TEXCOORD_0', accessor('VEC2', coordinates))
    .setIndices(accessor('SCALAR', counterclockwise(mesh.triangles)))
    .setMaterial(material);
  const shape = document
    .createMesh('face')
    .addPrimitive(primitive)
    .setExtras({ scale: mesh.scale, frames: mesh.frames, residualRmsMm: mesh.residualRmsMm });
  document.createScene().addChild(document.createNode('face').setMesh(shape));
  return new WebIO().writeBinary(document);
}
