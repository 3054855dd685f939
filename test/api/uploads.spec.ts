import { framesForm } from '../support/api-client.js';
import { until } from '../support/wait.js';
import type { Answer } from './support/call.js';
import { pictures, pngBomb } from './support/pictures.js';
import { SlowUpload } from './support/slow-upload.js';
import { type RelyingParty, TestApi } from './support/test-api.js';

const MIB = 1024 * 1024;
const NOWHERE = '0199e8c8-0000-7000-8000-000000000000';

let api: TestApi;
let party: RelyingParty;
let frames: Buffer[];

beforeAll(async () => {
  api = await TestApi.start();
  party = await api.relyingParty();
  frames = await pictures(12);
});
afterAll(() => api.close());

const started = (): Promise<string> => api.as(party.token).started({ purpose: 'liveness' });
const upload = (id: string, body: FormData, token = party.token): Promise<Answer> =>
  api.call('POST', `/v1/captures/${id}/frames`, { token, body });
const submit = (id: string, sent: readonly Uint8Array[], token?: string): Promise<Answer> =>
  upload(id, framesForm(sent), token);
const raw = (id: string, type: string, body: string): Promise<Answer> =>
  api.call('POST', `/v1/captures/${id}/frames`, {
    token: party.token,
    body,
    headers: { 'content-type': type },
  });

function form(...parts: [name: string, value: string | Uint8Array][]): FormData {
  const body = new FormData();
  for (const [name, value] of parts) {
    if (typeof value === 'string') body.append(name, value);
    else body.append(name, new Blob([new Uint8Array(value)]), 'f.jpg');
  }
  return body;
}

describe('a bad upload', () => {
  const cases: [string, number, string, (id: string) => Promise<Answer>][] = [
    ['no part', 422, 'frames_missing', (id) => raw(id, 'multipart/form-data; boundary=b', '--b--\r\n')],
    ['no body at all', 422, 'frames_missing', (id) => raw(id, 'multipart/form-data; boundary=b', '')],
    ['4 frames', 422, 'too_few_frames', (id) => submit(id, frames.slice(0, 4))],
    ['13 frames', 422, 'too_many_frames', (id) => submit(id, [...frames, ...frames.slice(0, 1)])],
    ['30 frames', 422, 'too_many_frames', (id) => submit(id, [...frames, ...frames, ...frames.slice(0, 6)])],
    [
      'a frame of 3 MiB',
      413,
      'frame_too_large',
      (id) => submit(id, [...frames.slice(0, 5), Buffer.alloc(3 * MIB)]),
    ],
    [
      'a frame one byte too large',
      413,
      'frame_too_large',
      (id) => submit(id, [Buffer.alloc(2 * MIB + 1), ...frames]),
    ],
    [
      'a PNG bomb',
      422,
      'frame_too_many_pixels',
      (id) => submit(id, [...frames.slice(0, 5), pngBomb(50_000, 50_000)]),
    ],
    [
      'a PNG one row too many',
      422,
      'frame_too_many_pixels',
      (id) => submit(id, [pngBomb(4_000, 4_001), ...frames]),
    ],
    ['a truncated JPEG', 422, 'frame_unreadable', (id) => submit(id, [...frames.slice(0, 5), truncated()])],
    [
      'text called a JPEG',
      422,
      'frame_unreadable',
      (id) => submit(id, [...frames.slice(0, 5), Buffer.from('not a picture')]),
    ],
    [
      'a GIF',
      422,
      'frame_unreadable',
      async (id) => submit(id, [...frames.slice(0, 5), ...(await pictures(1, 'gif'))]),
    ],
    ['an SVG', 422, 'frame_unreadable', (id) => submit(id, [svg(), ...frames.slice(0, 5)])],
    ['an empty file', 422, 'frame_unreadable', (id) => submit(id, [...frames.slice(0, 5), Buffer.alloc(0)])],
    [
      'nothing but empty files',
      422,
      'frame_unreadable',
      (id) =>
        submit(
          id,
          Array.from({ length: 6 }, () => Buffer.alloc(0)),
        ),
    ],
    ['a field for a file', 422, 'unexpected_part', (id) => upload(id, form(['frames', 'text']))],
    [
      'a field after five files',
      422,
      'unexpected_part',
      (id) => upload(id, form(...fileParts('frames'), ['note', 'text'])),
    ],
    ['a part of another name', 422, 'unexpected_part', (id) => upload(id, form(...fileParts('pictures')))],
    ['a part named __proto__', 422, 'unexpected_part', (id) => upload(id, form(...fileParts('__proto__')))],
    ['JSON', 415, 'unsupported_media_type', (id) => raw(id, 'application/json', '{"frames":[]}')],
    [
      'a form of another type',
      415,
      'unsupported_media_type',
      (id) => raw(id, 'application/x-www-form-urlencoded', 'frames=1'),
    ],
    ['a bare JPEG', 415, 'unsupported_media_type', (id) => raw(id, 'image/jpeg', 'bytes')],
    [
      'garbage called multipart',
      400,
      'upload_aborted',
      (id) => raw(id, 'multipart/form-data; boundary=b', 'x'.repeat(5_000)),
    ],
    [
      'multipart without a boundary',
      415,
      'unsupported_media_type',
      (id) => raw(id, 'multipart/form-data', '--b--\r\n'),
    ],
    [
      'a part without its end',
      400,
      'upload_aborted',
      (id) => raw(id, 'multipart/form-data; boundary=b', `--b\r\n${PART_HEADER}\r\n\r\nbytes`),
    ],
  ];

  const PART_HEADER = 'content-disposition: form-data; name="frames"; filename="f.jpg"';
  const fileParts = (name: string): [string, Uint8Array][] =>
    frames.slice(0, 5).map((bytes) => [name, bytes]);
  const truncated = (): Buffer =>
    (frames[0] as Buffer).subarray(0, Math.floor((frames[0] as Buffer).length * 0.6));
  const svg = (): Buffer =>
    Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
    );

  it.each(cases)('%s: %i %s, and nothing stays behind', async (_name, status, code, send) => {
    const id = await started();
    const before = await api.footprint();
    const answer = await send(id);
    expect([answer.status, answer.code]).toEqual([status, code]);
    expect(answer.headers.get('content-type')).toMatch('application/problem+json');
    expect(await api.footprint()).toEqual(before);
  });

  it('leaves the capture open for a good one', async () => {
    const id = await started();
    expect((await submit(id, [Buffer.from('no picture')])).status).toBe(422);
    expect((await submit(id, frames)).status).toBe(202);
  });
});

describe('an upload whose sender goes on sending', () => {
  it.each([
    ['an oversize frame', 413, 'frame_too_large', () => party.token],
    ['no valid token', 401, 'unauthenticated', () => 'none'],
    ['no such capture', 404, 'capture_not_found', () => party.token],
  ])('with %s gets its answer, not a reset connection', async (_name, status, code, token) => {
    const id = code === 'capture_not_found' ? NOWHERE : await started();
    const before = await api.footprint();
    const sending = new SlowUpload(`${api.url}/v1/captures/${id}/frames`, token());
    sending.open();
    const { answer, sent } = await sending.sendUntilAnswered(48 * MIB);
    expect([answer.status, answer.code]).toEqual([status, code]);
    expect(sent).toBeLessThan(48 * MIB);
    expect(await api.footprint()).toEqual(before);
  });

  it('with 13 frames and more to come gets its answer', async () => {
    const sending = new SlowUpload(`${api.url}/v1/captures/${await started()}/frames`, party.token);
    for (const frame of [...frames, ...frames]) sending.part(frame);
    sending.open();
    const { answer } = await sending.sendUntilAnswered(48 * MIB);
    expect([answer.status, answer.code]).toEqual([422, 'too_many_frames']);
  });
});

describe('a connection that breaks', () => {
  it('in the middle of a part leaves nothing', async () => {
    const id = await started();
    const before = await api.footprint();
    const sending = new SlowUpload(`${api.url}/v1/captures/${id}/frames`, party.token);
    for (const frame of frames.slice(0, 6)) sending.part(frame);
    sending.open();
    sending.request.write(Buffer.alloc(100_000));
    await until(async () => (await api.footprint()).files.length === before.files.length + 6);
    sending.abort();
    await until(async () => JSON.stringify(await api.footprint()) === JSON.stringify(before));
    expect((await submit(id, frames)).status).toBe(202);
  });

  it('between two parts leaves nothing', async () => {
    const id = await started();
    const before = await api.footprint();
    const sending = new SlowUpload(`${api.url}/v1/captures/${id}/frames`, party.token);
    for (const frame of frames.slice(0, 6)) sending.part(frame);
    await until(async () => (await api.footprint()).files.length >= before.files.length + 5);
    sending.abort();
    await until(async () => JSON.stringify(await api.footprint()) === JSON.stringify(before));
  });
});

describe('a submission', () => {
  it('stores one sealed blob a frame and says where to look', async () => {
    const id = await started();
    const before = await api.footprint();
    const answer = await submit(id, [
      ...(await pictures(3, 'jpeg')),
      ...(await pictures(1, 'png')),
      ...(await pictures(1, 'webp')),
    ]);
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({ id, state: 'submitted' });
    expect(answer.headers.get('location')).toBe(`/v1/captures/${id}`);
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    const after = await api.footprint();
    expect(after.files.length - before.files.length).toBe(5);
    expect(after.frames.length - before.frames.length).toBe(5);
    expect(after.pending).toEqual(before.pending);
    expect(after.outbox.length - before.outbox.length).toBe(1);
  });

  it('made again with the same frames is answered alike, with others refused', async () => {
    const id = await started();
    const first = await submit(id, frames.slice(0, 6));
    const after = await api.footprint();
    const again = await submit(id, frames.slice(0, 6));
    const estimated = { etaSeconds: expect.any(Number) as number };
    expect([again.status, again.body]).toEqual([first.status, { ...first.body, ...estimated }]);
    const others = [
      frames.slice(1, 7),
      frames.slice(0, 5),
      [...frames.slice(0, 6)].reverse(),
      Array.from({ length: 5 }, () => Buffer.from('no picture')),
    ];
    for (const other of others) expect((await submit(id, other)).code).toBe('submission_conflict');
    expect((await submit(id, [])).status).toBe(422);
    expect(await api.footprint()).toEqual(after);
  });

  it('made twice at once with the same frames succeeds twice and is stored once', async () => {
    const id = await started();
    const before = await api.footprint();
    const answers = await Promise.all(Array.from({ length: 4 }, () => submit(id, frames)));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    const after = await api.footprint();
    expect(after.files.length - before.files.length).toBe(12);
    expect(after.outbox.length - before.outbox.length).toBe(1);
    expect(after.pending).toEqual(before.pending);
  });

  it('made at once with different frames: one wins, the other is a conflict and leaves nothing', async () => {
    const id = await started();
    const before = await api.footprint();
    const answers = await Promise.all([submit(id, frames.slice(0, 6)), submit(id, frames.slice(6))]);
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
    expect(answers.find(({ status }) => status === 409)?.code).toBe('submission_conflict');
    expect((await api.footprint()).files.length - before.files.length).toBe(6);
  });

  const atWrongTimes: [string, number, string, () => Promise<string>][] = [
    [
      'before the start',
      409,
      'capture_state_conflict',
      async () => (await api.as(party.token).create({ purpose: 'liveness' })).id,
    ],
    [
      'after the window',
      410,
      'capture_expired',
      async () => {
        const id = await started();
        await api.sql(`UPDATE captures SET submit_by = now() - interval '1 second' WHERE id = $1`, [id]);
        return id;
      },
    ],
    [
      'after a cancellation',
      409,
      'capture_state_conflict',
      async () => {
        const id = await started();
        await api.as(party.token).cancel(id);
        return id;
      },
    ],
    [
      'once expired',
      410,
      'capture_expired',
      async () => {
        const id = await started();
        await api.sql(`UPDATE captures SET state = 'expired', next_check_at = NULL WHERE id = $1`, [id]);
        return id;
      },
    ],
    ['to no capture', 404, 'capture_not_found', () => Promise.resolve(NOWHERE)],
  ];

  it.each(atWrongTimes)('%s: %i %s, and nothing stays behind', async (_name, status, code, make) => {
    const id = await make();
    const before = await api.footprint();
    const answer = await submit(id, frames);
    expect([answer.status, answer.code]).toEqual([status, code]);
    expect(await api.footprint()).toEqual(before);
  });

  it('cancelled while the frames arrive is refused and leaves nothing', async () => {
    const id = await started();
    const sending = new SlowUpload(`${api.url}/v1/captures/${id}/frames`, party.token);
    const before = await api.footprint();
    for (const frame of frames) sending.part(frame);
    await until(async () => (await api.footprint()).files.length > before.files.length + 5);
    await api.as(party.token).cancel(id);
    sending.end();
    expect((await sending.answer()).code).toBe('capture_state_conflict');
    expect((await api.footprint()).files).toEqual(before.files);
  });

  it('of a subject erased while the frames arrive is refused and leaves nothing', async () => {
    const client = api.as(party.token);
    const subjectId = await client.consentingSubject();
    const id = await client.started({ purpose: 'liveness', subjectId });
    const sending = new SlowUpload(`${api.url}/v1/captures/${id}/frames`, party.token);
    const before = await api.footprint();
    for (const frame of frames) sending.part(frame);
    await until(async () => (await api.footprint()).files.length > before.files.length + 5);
    await client.erase(subjectId);
    sending.end();
    expect((await sending.answer()).code).toBe('capture_not_found');
    expect((await api.footprint()).files).toEqual(before.files);
  });

  it('with the capture credential works for its own capture only, and not once that has expired', async () => {
    const client = api.as(party.token);
    const [own, other] = [
      await client.create({ purpose: 'liveness' }),
      await client.create({ purpose: 'liveness' }),
    ];
    const exchanged = await api.call('POST', '/v1/capture-credentials', { json: { code: own.pageCode } });
    const credential = String(exchanged.body['credential']);
    await api.as(credential).start(own.id);
    await client.start(other.id);
    const before = await api.footprint();
    const foreign = await submit(other.id, frames, credential);
    expect([foreign.status, foreign.code]).toEqual([404, 'capture_not_found']);
    const late = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000);
    const expired = await submit(own.id, frames, credential);
    late.mockRestore();
    expect([expired.status, expired.code]).toEqual([401, 'unauthenticated']);
    expect(await api.footprint()).toEqual(before);
    expect((await submit(own.id, frames, credential)).status).toBe(202);
  });
});

it('takes no more than the backlog allows, and says when to come again', async () => {
  const small = await TestApi.start({ env: { MAX_BACKLOG: '1' } });
  try {
    const { token } = await small.relyingParty();
    const client = small.as(token);
    await client.submitted({ purpose: 'liveness' }, frames);
    const before = await small.footprint();
    const refused = await client.sendFrames(await client.started({ purpose: 'liveness' }), frames);
    expect([refused.status, refused.body.code]).toEqual([503, 'overloaded']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await small.footprint()).files).toEqual(before.files);
  } finally {
    await small.close();
  }
});
