import { DEFAULT_POLICY, type LivenessSignals } from '#biometrics';
import { scalarsToSignals, signalsToScalars } from './liveness-scalars.js';
import { judgePad, NO_PAD } from './pad-record.js';

const LIVE: LivenessSignals = {
  stillness: 4.7,
  actions: [
    { action: 'turn_left', extent: 25 },
    { action: 'blink', extent: 0.4 },
  ],
  tH: 0.035,
  tQ: 0.023,
  tracks: 70,
  lrA: 1.5,
  fore: 0.02,
  consistency: 0.82,
  groupConsistency: 0.9,
  nearDuplicates: 0,
  trajectoryDistance: 0.4,
  flash: null,
  cues: null,
};
const ACTIONS = LIVE.actions.map(({ action }) => action);
const stored = (changes: Partial<LivenessSignals> = {}) => signalsToScalars({ ...LIVE, ...changes });

const FLASH = {
  frames: 10,
  p: 0.001,
  gain: 0.1,
  gainSe: 0.005,
  rho: 0.97,
  lag: 0.5,
  chromaRms: 0.08,
  sectors: 6,
  additive: 0.1,
  spread: 0.8,
  background: 0,
  sideToCentre: 0.6,
};

const CUES = {
  moire: 5.2,
  colourSpread: 1.3,
  skinSpread: 0.8,
  blackLevel: -3.1,
  noise: 0.2,
  noiseMismatch: 0.1,
  noiseRepeat: -0.01,
};

describe('liveness signals as they are stored', () => {
  it('come back with what a flash left, where one was asked', () => {
    expect(scalarsToSignals(stored({ flash: FLASH }), ACTIONS)).toEqual({ ...LIVE, flash: FLASH });
    const unread = { ...FLASH, p: null, gain: null };
    expect(scalarsToSignals(stored({ flash: unread }), ACTIONS).flash).toEqual(unread);
  });

  it('come back as they were', () => {
    expect(scalarsToSignals(stored(), ACTIONS)).toEqual(LIVE);
  });

  it('come back with the risk cues, and without where they were stored before there were any', () => {
    expect(scalarsToSignals(stored({ cues: CUES }), ACTIONS)).toEqual({ ...LIVE, cues: CUES });
    const unmeasured = { ...CUES, moire: null, noiseRepeat: null };
    expect(scalarsToSignals(stored({ cues: unmeasured }), ACTIONS).cues).toEqual(unmeasured);
    const none = Object.fromEntries(Object.keys(CUES).map((key) => [key, null]));
    expect(scalarsToSignals(stored({ cues: none as unknown as typeof CUES }), ACTIONS).cues).toEqual(none);
    expect(stored({ cues: CUES })).toMatchObject({ 'cue.moire': 5.2, 'cue.noiseRepeat': -0.01 });
    expect(Object.keys(stored()).filter((key) => key.startsWith('cue'))).toEqual([]);
  });

  it('are scalars only', () => {
    for (const value of Object.values(stored()))
      expect(['number', 'string', 'boolean']).toContain(typeof value);
  });

  it('are null where they are missing or no numbers, and for an action that was not measured', () => {
    const { tH, actions } = scalarsToSignals({ ...stored(), tH: 'high' }, ['turn_left', 'nod']);
    expect(tH).toBeNull();
    expect(actions).toEqual([
      { action: 'turn_left', extent: 25 },
      { action: 'nod', extent: null },
    ]);
  });
});

describe('the record of presentation attack detection', () => {
  const judge = (scalars = stored()) => judgePad({ status: 'done', scalars }, ACTIONS, DEFAULT_POLICY);

  it('reaches level challenge when every gate passed, and keeps signals and gates', () => {
    const record = judge();
    expect(record).toMatchObject({ level: 'challenge', reason: null, signals: { tH: 0.035 } });
    const { flash, flashReadable, flashScore, ...gates } = record.gates;
    expect(new Set(Object.values(gates))).toEqual(new Set(['passed']));
    expect(new Set([flash, flashReadable, flashScore])).toEqual(new Set(['unmeasured']));
  });

  it('reaches level challenge_flash when the colours were read, and stays below when not', () => {
    expect(judge(stored({ flash: FLASH }))).toMatchObject({ level: 'challenge_flash', reason: null });
    const dim = judge(stored({ flash: { ...FLASH, gain: 0.001 } }));
    expect(dim).toMatchObject({ level: 'challenge', reason: 'flash_unreadable' });
  });

  it.each([
    [{ nearDuplicates: 8 }, 'replay_detected'],
    [{ trajectoryDistance: 0.1 }, 'replay_detected'],
    [{ stillness: 0.1 }, 'presentation_attack'],
    [{ tH: 0.001 }, 'presentation_attack'],
    [{ consistency: 0.1 }, 'identity_inconsistent'],
    [{ actions: [{ action: 'turn_left', extent: 3 }, LIVE.actions[1]!] }, 'challenge_not_performed'],
  ] as const)('%j is %s', (changes, reason) => {
    expect(judge(stored(changes))).toMatchObject({ reason, level: 'none' });
  });

  it.each([
    'tH',
    'tQ',
    'lrA',
    'fore',
    'stillness',
    'consistency',
    'groupConsistency',
    'nearDuplicates',
    'trajectoryDistance',
  ] as const)('stays at level none, and accuses nobody, when %s was not measured', (name) => {
    expect(judge(stored({ [name]: null }))).toMatchObject({ reason: null, level: 'none' });
  });

  it.each(['skipped', 'failed'] as const)('is empty for a stage that %s', (status) => {
    expect(judgePad({ status, scalars: stored() }, ACTIONS, DEFAULT_POLICY)).toEqual(NO_PAD);
    expect(judgePad(undefined, ACTIONS, DEFAULT_POLICY)).toEqual(NO_PAD);
  });
});
