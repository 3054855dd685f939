import { DEFAULT_PAD_THRESHOLDS } from '../policy/index.js';
import { type Gate, judgeLiveness, type PadReason, type PadVerdict } from './gates.js';
import { type FlashSignals } from './flash/flash-signals.js';
import { type LivenessSignals } from './signals.js';

const ALIVE: LivenessSignals = {
  stillness: 4,
  actions: [
    { action: 'blink', extent: 0.4 },
    { action: 'turn_left', extent: 22 },
    { action: 'nod', extent: 11 },
  ],
  tH: 0.03,
  tQ: 0.02,
  tracks: 70,
  lrA: 0.5,
  fore: 0.05,
  consistency: 0.7,
  groupConsistency: 0.9,
  nearDuplicates: 0,
  trajectoryDistance: 0.4,
  flash: null,
  cues: null,
};
const LIT: FlashSignals = {
  frames: 10,
  p: 0.001,
  gain: 0.1,
  gainSe: 0.005,
  rho: 0.97,
  lag: 0,
  chromaRms: 0.08,
  sectors: 6,
  additive: 0.1,
  spread: 0.8,
  background: 0,
  sideToCentre: 0.6,
};
/** Medians of rendered live captures. */
const TYPICAL: Partial<LivenessSignals> = {
  stillness: 4.6,
  tH: 0.0284,
  tQ: 0.0213,
  lrA: 1.57,
  fore: 0.0176,
  cues: {
    moire: 4.64,
    colourSpread: 1.61,
    skinSpread: 0.94,
    blackLevel: -3.19,
    noise: 0.209,
    noiseMismatch: 0.197,
    noiseRepeat: 0,
  },
};
const WORST_CUES: LivenessSignals['cues'] = {
  moire: 40,
  colourSpread: 0,
  skinSpread: 0,
  blackLevel: 0,
  noise: 0,
  noiseMismatch: 3,
  noiseRepeat: 1,
};
const judge = (changes: Partial<LivenessSignals> = {}): PadVerdict =>
  judgeLiveness({ ...ALIVE, ...changes }, DEFAULT_PAD_THRESHOLDS);
const turned = (extent: number | null): Partial<LivenessSignals> => ({
  actions: [{ action: 'turn_left', extent }],
});

describe('judgeLiveness', () => {
  it('reaches the level when every gate was measured and passed', () => {
    expect(judge()).toMatchObject({ failed: [], missing: [], reason: null, level: 'challenge' });
  });

  it.each<[Gate, Partial<LivenessSignals>, PadReason]>([
    ['replay', { nearDuplicates: 4 }, 'replay_detected'],
    ['replay', { trajectoryDistance: 0.17 }, 'replay_detected'],
    ['stillness', { stillness: 0.74 }, 'presentation_attack'],
    ['lrA', { lrA: -0.21 }, 'presentation_attack'],
    ['fore', { fore: 0.131 }, 'presentation_attack'],
    ['consistency', { consistency: 0.2 }, 'identity_inconsistent'],
    ['consistency', { groupConsistency: 0.5 }, 'identity_inconsistent'],
    ['challenge', turned(11.9), 'challenge_not_performed'],
    ['tH', { tH: 0.0179 }, 'presentation_attack'],
    ['tQ', { tQ: 0.0097 }, 'presentation_attack'],
  ])('the gate %s alone fails', (gate, changes, reason) => {
    expect(judge(changes)).toMatchObject({ failed: [gate], reason, level: 'none' });
  });

  it.each<[Gate, keyof LivenessSignals]>([
    ['replay', 'nearDuplicates'],
    ['replay', 'trajectoryDistance'],
    ['stillness', 'stillness'],
    ['lrA', 'lrA'],
    ['fore', 'fore'],
    ['consistency', 'consistency'],
    ['consistency', 'groupConsistency'],
    ['tH', 'tH'],
    ['tQ', 'tQ'],
  ])('the gate %s without a measurement accuses nobody and proves nothing', (gate, signal) => {
    for (const missing of [null, NaN]) {
      const verdict = judge({ [signal]: missing });
      expect(verdict).toMatchObject({ failed: [], reason: null, level: 'none' });
      expect(verdict.gates[gate]).toBe('unmeasured');
    }
  });

  it('does not read flatness into a head that did not turn', () => {
    const verdict = judge({ ...turned(5), tH: 0.001, tQ: 0.001 });
    expect(verdict).toMatchObject({ failed: ['challenge'], reason: 'challenge_not_performed' });
    expect(verdict.gates).toMatchObject({ tH: 'unmeasured', tQ: 'unmeasured' });
  });

  it('puts what speaks of an attack by itself before a missing action', () => {
    const verdict = judge({ ...turned(5), lrA: -1, nearDuplicates: 8 });
    expect(verdict).toMatchObject({ failed: ['replay', 'lrA', 'challenge'], reason: 'replay_detected' });
  });

  it('names the actions that are missing, unmeasured ones too, and a turn the wrong way', () => {
    const actions = [
      { action: 'turn_right', extent: -25 },
      { action: 'nod', extent: null },
      { action: 'blink', extent: 0.71 },
      { action: 'open_mouth', extent: 0.09 },
      { action: 'move_closer', extent: 1.21 },
    ] as const;
    expect(judge({ actions })).toMatchObject({
      missing: ['turn_right', 'nod', 'blink', 'open_mouth'],
      reason: 'challenge_not_performed',
    });
  });

  it('is moved by no risk cue, however bad or missing', () => {
    const verdict = (changes: Partial<LivenessSignals>) => {
      const { gates, failed, reason, level } = judge(changes);
      return { gates, failed, reason, level };
    };
    expect(verdict({ cues: WORST_CUES })).toEqual(verdict({}));
    expect(verdict({ cues: WORST_CUES, stillness: 0 })).toEqual(verdict({ stillness: 0 }));
  });

  it('refuses what several signals speak against, though each of them passes', () => {
    const { minPlaneSolidRatio, maxForeshortening, minHomographyResidual, minQuadraticResidual } =
      DEFAULT_PAD_THRESHOLDS;
    const barely = {
      lrA: minPlaneSolidRatio,
      fore: maxForeshortening,
      tH: minHomographyResidual,
      tQ: minQuadraticResidual,
    };
    expect(judge({ ...barely, cues: WORST_CUES })).toMatchObject({
      failed: ['score'],
      reason: 'presentation_attack',
      level: 'none',
    });
    for (const [name, value] of Object.entries(barely))
      expect(judge({ ...TYPICAL, cues: WORST_CUES, [name]: value })).toMatchObject({
        failed: [],
        level: 'challenge',
      });
  });

  it('takes a score that what is missing could turn for unmeasured', () => {
    const verdict = judge({ lrA: null, tH: DEFAULT_PAD_THRESHOLDS.minHomographyResidual });
    expect(verdict).toMatchObject({ failed: [], reason: null, level: 'none' });
    expect(verdict.gates).toMatchObject({ lrA: 'unmeasured', score: 'unmeasured' });
    expect(verdict.scores.challenge.most).toBeGreaterThan(verdict.scores.challenge.least);
  });

  it('proves nothing without a challenge', () => {
    expect(judge({ actions: [] })).toMatchObject({ reason: null, level: 'none' });
  });
});

describe('judgeLiveness of a capture with a flash', () => {
  const lit = (changes: Partial<FlashSignals> = {}): PadVerdict => judge({ flash: { ...LIT, ...changes } });

  it('reaches the higher level when the colours are on a face', () => {
    expect(lit()).toMatchObject({ failed: [], reason: null, level: 'challenge_flash' });
  });

  it('keeps the lower level, and says nothing of colours, where none were asked or their frames did not all come', () => {
    const { level, gates, reason } = judge({ flash: null });
    expect({ level, reason }).toEqual({ level: 'challenge', reason: null });
    expect(gates).toMatchObject({ flash: 'unmeasured', flashReadable: 'unmeasured' });
  });

  it('rejects the light of another screen before it misses an action', () => {
    const verdict = judge({ ...turned(5), flash: { ...LIT, p: 0.4, rho: 0.3 } });
    expect(verdict).toMatchObject({ reason: 'presentation_attack', level: 'none' });
    expect(verdict.failed).toEqual(['flash', 'challenge', 'flashReadable']);
  });

  it.each<[string, Partial<FlashSignals>]>([
    ['another sequence explains it as well', { p: 0.006, chromaRms: 0.02 }],
    ['too little light', { gain: 0.005 }],
    ['the face hardly follows', { rho: 0.59, gain: 0.02 }],
    ['strong light that the face hardly follows', { rho: 0.84 }],
    ['only a part of the face follows', { sectors: 2 }],
    ['glass', { additive: 0.46 }],
    ['glass, by its reflexes', { spread: 2.6 }],
    ['the room follows', { background: 0.36 }],
    ['flat', { spread: 0.19 }],
    ['flat, by its sides', { spread: 0.4, sideToCentre: 0.91 }],
  ])('cannot read the colours: %s', (_, changes) => {
    expect(lit(changes)).toMatchObject({
      failed: ['flashReadable'],
      reason: 'flash_unreadable',
      level: 'challenge',
    });
  });

  it.each(Object.keys(LIT).filter((key) => key !== 'frames' && key !== 'lag' && key !== 'chromaRms'))(
    'is never helped by a missing %s',
    (key) => {
      expect(lit({ [key]: null })).toMatchObject({ reason: 'flash_unreadable', level: 'challenge' });
    },
  );

  it('does not judge relief by light that is hardly known', () => {
    expect(lit({ gain: 0.02, gainSe: 0.004, spread: 0.1, sideToCentre: null }).level).toBe('challenge_flash');
  });

  it('reads no colours into a capture that failed otherwise', () => {
    expect(judge({ flash: LIT, tH: null })).toMatchObject({ level: 'none' });
  });
});
