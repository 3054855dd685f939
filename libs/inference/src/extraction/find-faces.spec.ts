import type * as tf from '@tensorflow/tfjs-core';
import { LANDMARK_COUNT, LANDMARK_STRIDE } from '#biometrics';
import { type MeshRequest } from '../networks/face-mesh.js';
import { findFaces, judge } from './find-faces.js';

const face = (noseX: number): Float32Array => {
  const landmarks = new Float32Array(LANDMARK_COUNT * LANDMARK_STRIDE);
  landmarks.set([noseX, 50, 0], LANDMARK_STRIDE);
  [33, 133].forEach((index) => landmarks.set([noseX - 20, 40, 0], index * LANDMARK_STRIDE));
  [362, 263].forEach((index) => landmarks.set([noseX + 20, 40, 0], index * LANDMARK_STRIDE));
  return landmarks;
};

describe('judge', () => {
  it.each([
    ['none', [], 'no_face'],
    ['only rejected flags', [{ size: 90, score: 0.9, landmarks: null }], 'no_face'],
    ['one', [{ size: 90, score: 0.9, landmarks: face(100) }], 'ok'],
    [
      'a rejected one and a real one',
      [
        { size: 90, score: 0.9, landmarks: null },
        { size: 40, score: 0.9, landmarks: face(100) },
      ],
      'ok',
    ],
    [
      'a second of 0.4 of the size',
      [
        { size: 100, score: 0.9, landmarks: face(100) },
        { size: 40, score: 0.9, landmarks: face(300) },
      ],
      'multiple_faces',
    ],
    [
      'a smaller second',
      [
        { size: 100, score: 0.9, landmarks: face(100) },
        { size: 39, score: 0.9, landmarks: face(300) },
      ],
      'ok',
    ],
    [
      'a second that may be a picture on the wall',
      [
        { size: 100, score: 0.9, landmarks: face(100) },
        { size: 60, score: 0.7, landmarks: face(300) },
      ],
      'doubtful_second',
    ],
    [
      'a larger one that may be a picture on the wall',
      [
        { size: 100, score: 0.7, landmarks: face(100) },
        { size: 60, score: 0.9, landmarks: face(300) },
      ],
      'doubtful_second',
    ],
    [
      'two boxes around one face',
      [
        { size: 100, score: 0.9, landmarks: face(100) },
        { size: 80, score: 0.9, landmarks: face(110) },
      ],
      'ok',
    ],
  ])('%s', (_, faces, status) => {
    expect(judge(faces, 'short').status).toBe(status);
  });

  it('returns the largest', () => {
    const [small, large] = [face(10), face(300)];
    expect(
      judge(
        [
          { size: 30, score: 0.9, landmarks: small },
          { size: 100, score: 0.9, landmarks: large },
        ],
        'back',
      ),
    ).toEqual({ status: 'ok', landmarks: large, detector: 'back', score: 0.9 });
  });
});

describe('judge, of a photograph with bystanders', () => {
  const other = (size: number, score = 0.9) => ({ size, score, landmarks: face(300) });
  it.each([
    ['clearly smaller', other(79), 'ok'],
    ['nearly as large', other(80), 'multiple_faces'],
    ['one that may be a picture on the wall', other(79, 0.7), 'doubtful_second'],
  ])('a second face: %s', (_, second, status) => {
    const largest = { size: 100, score: 0.9, landmarks: face(100) };
    expect(judge([largest, second], 'short', 0.8).status).toBe(status);
  });
});

describe('findFaces', () => {
  type Box = { width: number; height: number };
  const image = (name: string): tf.Tensor3D => ({ name, shape: [100, 200, 3] }) as unknown as tf.Tensor3D;
  const nameOf = (tensor: tf.Tensor3D): string => (tensor as unknown as { name: string }).name;
  const box = ({ width, height }: Box) => ({
    score: [1],
    locationData: { relativeBoundingBox: { width, height, xMin: 0, yMin: 0, xMax: 1, yMax: 1 } },
  });
  const clock = { time: <R>(_: string, work: () => Promise<R>): Promise<R> => work() };

  it('falls back per picture: on no detection and on a rejected flag, never otherwise', async () => {
    const detector = (misses: string) => {
      const calls: string[] = [];
      return {
        calls,
        detect: (pictures: readonly tf.Tensor3D[]) => {
          calls.push(...pictures.map(nameOf));
          return Promise.resolve(
            pictures.map((picture) => (misses === nameOf(picture) ? [] : [box({ width: 0.3, height: 0.6 })])),
          );
        },
      };
    };
    const [short, back] = [detector('undetected'), detector('')];
    const meshed: string[] = [];
    const mesh = {
      landmarks: (requests: readonly MeshRequest[]) => {
        meshed.push(requests.map((request) => nameOf(request.image)).join());
        return Promise.resolve(
          requests.map((request) =>
            nameOf(request.image) === 'rejected' && meshed.length === 1 ? null : face(50),
          ),
        );
      },
    };
    const found = await findFaces(
      ['plain', 'undetected', 'rejected'].map(image),
      { mesh, short, back },
      clock,
    );
    expect(found.map((search) => (search.status === 'ok' ? search.detector : search.status))).toEqual([
      'short',
      'back',
      'back',
    ]);
    expect(back.calls).toEqual(['undetected', 'rejected']);
    expect(meshed).toEqual(['plain,rejected', 'undetected,rejected']);
  });

  it.each([
    ['a sure one', 1, [1], 'short'],
    ['an unsure one that the fallback sees elsewhere', 0.6, [1], 'back'],
    ['an unsure one that the fallback is no surer of', 0.6, [0.6], 'short'],
    ['an unsure one that the fallback does not see', 0.6, [], 'short'],
  ])('a single face: %s', async (_, score, fallback, detector) => {
    const seeing = (scores: readonly number[]) => ({
      detect: () =>
        Promise.resolve([scores.map((each) => ({ ...box({ width: 0.3, height: 0.6 }), score: [each] }))]),
    });
    const mesh = {
      landmarks: (requests: readonly MeshRequest[]) => Promise.resolve(requests.map(() => face(50))),
    };
    const [found] = await findFaces(
      [image('one')],
      { mesh, short: seeing([score]), back: seeing(fallback) },
      clock,
    );
    expect(found).toMatchObject({ status: 'ok', detector });
  });

  it.each([
    ['cleared up by the fallback', [1], 'ok'],
    ['confirmed by the fallback', [1, 1], 'multiple_faces'],
    ['shared by the fallback', [1, 0.6], 'multiple_faces'],
    ['not answered by the fallback', [], 'multiple_faces'],
  ])('a doubtful second face %s', async (_, scores, status) => {
    const seeing = (list: readonly number[]) => ({
      detect: () =>
        Promise.resolve([list.map((score) => ({ ...box({ width: 0.3, height: 0.6 }), score: [score] }))]),
    });
    const mesh = {
      landmarks: (requests: readonly MeshRequest[]) =>
        Promise.resolve(requests.map((__, i) => face(50 + 300 * i))),
    };
    const [found] = await findFaces(
      [image('doubtful')],
      { mesh, short: seeing([1, 0.6]), back: seeing(scores) },
      clock,
    );
    expect(found?.status).toBe(status);
  });
});
