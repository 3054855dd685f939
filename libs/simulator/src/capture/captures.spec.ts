import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { prescribedAction } from '#biometrics';
import { contactSheet } from '../contact-sheet.js';
import { IDENTITIES } from '../head/identities.js';
import { createSubject, type Subject } from '../head/subject.js';
import { Random } from '../random.js';
import { drawnPortrait } from '../testing/drawn-portrait.js';
import { simulateAttack } from './attacks.js';
import { renderLive, simulateLive } from './live.js';
import { resubmit } from './resubmit.js';
import { type SimulatedCapture, SPECIES } from './simulated-capture.js';

const challenge = ['turn_left', 'nod'] as const;
const options = { challenge, seed: 7, frameCount: 3, device: 'webcam' } as const;

async function pixels({ frames }: SimulatedCapture): Promise<Buffer[]> {
  return Promise.all(frames.map(({ jpeg }) => sharp(jpeg).greyscale().raw().toBuffer()));
}

function difference(a: Buffer, b: Buffer): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / a.length;
}

describe('simulated captures', () => {
  const { portrait, landmarks } = drawnPortrait();
  let subject: Subject;
  let live: SimulatedCapture;

  beforeAll(async () => {
    subject = await createSubject(portrait, { landmarks }, 1);
    live = await simulateLive(subject, options);
  });

  it('are labelled synthetic, and show what was prescribed for each frame', () => {
    expect(live).toMatchObject({ synthetic: true, label: 'bona_fide', seed: 7, challenge });
    expect(live.frames.map(({ truth }) => truth.action ?? null)).toEqual(
      live.frames.map((_, i) => prescribedAction(i, 3, challenge)),
    );
    const [rest, left, nod] = live.frames.map(({ truth }) => truth);
    expect(Math.abs(rest?.yawDeg ?? 99)).toBeLessThan(8);
    expect(left?.yawDeg).toBeGreaterThan(15);
    expect((nod?.pitchDeg ?? 0) - (rest?.pitchDeg ?? 0)).toBeGreaterThan(8);
    const times = live.frames.map(({ tMs }) => tMs);
    expect(times[0]).toBe(0);
    times.slice(1).forEach((t, i) => expect(t - (times[i] ?? 0)).toBeGreaterThan(250));
  });

  it('are the same to the byte for the same seed, and others for another', async () => {
    const digest = async (seed: number): Promise<string> => {
      const hash = createHash('sha256');
      const frames = await renderLive(subject, { ...options, seed }, new Random(seed, 'live'));
      frames.forEach(({ picture }) => hash.update(picture.data));
      return hash.digest('hex');
    };
    expect(await digest(7)).toBe(await digest(7));
    expect(await digest(8)).not.toBe(await digest(7));
    const [print, repeated] = [
      await simulateAttack('bent_print', subject, options),
      await simulateAttack('bent_print', subject, options),
    ];
    expect(repeated.frames[1]?.jpeg).toEqual(print.frames[1]?.jpeg);
    const again = await simulateLive(subject, options);
    again.frames.forEach(({ jpeg }, i) =>
      expect(jpeg.equals(live.frames[i]?.jpeg ?? Buffer.alloc(0))).toBe(true),
    );
  });

  it('are lit by the colours that the screen shows: the face more than what is behind', async () => {
    const flash = ['#ff7070', '#50ff50', '#6464ff'];
    const [lit, dark] = [
      await simulateLive(subject, { ...options, flash, ambientLux: 100 }),
      await simulateLive(subject, { ...options, ambientLux: 100 }),
    ];
    expect(lit.flash).toEqual(flash);
    expect(lit.frames).toHaveLength(3);
    const tone = async ({ jpeg }: SimulatedCapture['frames'][number], left: number, top: number) => {
      const { data } = await sharp(jpeg)
        .extract({ left, top, width: 40, height: 40 })
        .raw()
        .toBuffer({ resolveWithObject: true });
      const [red, green, blue] = [0, 1, 2].map((c) =>
        data.reduce((sum, v, i) => sum + (i % 3 === c ? v : 0), 0),
      );
      return { redness: Math.log((red ?? 1) / (green ?? 1)), blueness: Math.log((blue ?? 1) / (green ?? 1)) };
    };
    const change = async (frame: number, left: number, top: number) => {
      const [a, b] = [lit.frames[frame], dark.frames[frame]];
      if (!a || !b) throw new Error('no frame');
      const [with_, without] = [await tone(a, left, top), await tone(b, left, top)];
      return { redness: with_.redness - without.redness, blueness: with_.blueness - without.blueness };
    };
    const [red, green] = [await change(0, 300, 220), await change(1, 300, 220)];
    const blue = await change(2, 300, 220);
    expect(red.redness - green.redness).toBeGreaterThan(0.05);
    expect(blue.blueness - green.blueness).toBeGreaterThan(0.05);
    const wall = [await change(0, 20, 20), await change(1, 20, 20)];
    expect((wall[0]?.redness ?? 1) - (wall[1]?.redness ?? 0)).toBeLessThan(
      0.5 * (red.redness - green.redness),
    );
  });

  it('of one desk have one room, and other frames each time', async () => {
    const at = async (seed: number) => {
      const [frame] = await renderLive(subject, { ...options, seed, desk: 3 }, new Random(seed, 'live'));
      if (!frame) throw new Error('no frame');
      return Buffer.from(frame.picture.data);
    };
    const corner = (picture: Buffer) => picture.subarray(0, 3 * 100);
    const [one, another] = [await at(1), await at(2)];
    expect(difference(corner(one), corner(another))).toBeLessThan(8);
    expect(one.equals(another)).toBe(false);
  });

  it.each(SPECIES.filter((species) => species !== 'resubmission'))(
    'render %s, labelled as an attack',
    async (species) => {
      const attack = await simulateAttack(species, subject, options);
      expect(attack).toMatchObject({ synthetic: true, label: 'attack', species });
      expect(attack.frames).toHaveLength(3);
      const [first, second] = await pixels(attack);
      if (!first || !second) throw new Error('no frames');
      const moved = difference(first, second);
      if (species === 'still') expect(moved).toBeLessThan(1.5);
      else expect(moved).toBeGreaterThan(1.5);
    },
  );

  it('turn a print as asked, and an over-rotated one further than any head', async () => {
    const yaw = async (species: 'print' | 'print_over_rotated'): Promise<number> =>
      (await simulateAttack(species, subject, options)).frames[1]?.truth.yawDeg ?? 0;
    expect(await yaw('print')).toBeGreaterThan(20);
    expect(await yaw('print_over_rotated')).toBeGreaterThan(42);
  });

  it('are sent again byte by byte, or encoded anew', async () => {
    const same = await resubmit(live, 'same_bytes');
    expect(same).toMatchObject({ label: 'attack', species: 'resubmission' });
    expect(same.frames.map(({ jpeg }) => jpeg)).toEqual(live.frames.map(({ jpeg }) => jpeg));
    const anew = await resubmit(live, 're_encoded');
    const [a, b] = [await pixels(anew), await pixels(live)];
    expect(anew.frames[0]?.jpeg).not.toEqual(live.frames[0]?.jpeg);
    expect(difference(a[0] ?? Buffer.alloc(0), b[0] ?? Buffer.alloc(0))).toBeLessThan(3);
  });

  it('are sent again under a filter, the same in every run, which leaves no corner empty', async () => {
    const [filtered, again] = [await resubmit(live, 'filtered'), await resubmit(live, 'filtered')];
    expect(filtered).toMatchObject({ label: 'attack', species: 'resubmission' });
    expect(filtered.frames.map(({ jpeg }) => jpeg)).toEqual(again.frames.map(({ jpeg }) => jpeg));
    const [before, after] = [await pixels(live), await pixels(filtered)];
    for (const [i, picture] of after.entries()) {
      expect(picture).toHaveLength(before[i]?.length ?? 0);
      expect(difference(picture, before[i] ?? picture)).toBeGreaterThan(10);
      // No corner was left empty by turning it.
      const [first, last] = [picture.subarray(0, 20), picture.subarray(-20)];
      for (const corner of [first, last]) expect(Math.max(...corner)).toBeGreaterThan(30);
    }
  });

  it('show other people for other morphs, with all vertices in place', async () => {
    for (const morph of IDENTITIES) {
      const other = await createSubject(portrait, { landmarks, morph }, 1);
      expect(other.head.positions.every(Number.isFinite)).toBe(true);
      expect(other.head.positions).not.toEqual(subject.head.positions);
    }
  });

  it('make a contact sheet that says they are synthetic', async () => {
    const sheet = await sharp(await contactSheet([live])).metadata();
    expect(sheet).toMatchObject({ format: 'png', width: 3 * 200 });
  });

  it('refuse landmarks that are missing', async () => {
    await expect(createSubject(portrait, { landmarks: new Float32Array(9) }, 1)).rejects.toThrow(RangeError);
  });
});
