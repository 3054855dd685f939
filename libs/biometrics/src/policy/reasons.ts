export const OUTCOMES = ['accepted', 'rejected', 'inconclusive'] as const;
export type Outcome = (typeof OUTCOMES)[number];
export const COARSE_CODES = [
  'accepted',
  'capture_quality',
  'challenge_incomplete',
  'not_accepted',
  'try_again',
] as const;
export type CoarseCode = (typeof COARSE_CODES)[number];

interface Meaning {
  readonly outcome: Outcome;
  readonly code: CoarseCode;
  /** What the person in front of the camera can do; never hints at how an attack was noticed. */
  readonly guidance?: string;
}

/** Every reason a decision can carry, what it decides, and the coarse code that integrators and users see. */
export const REASONS = {
  accepted: { outcome: 'accepted', code: 'accepted' },
  no_face: {
    outcome: 'inconclusive',
    code: 'capture_quality',
    guidance: 'Keep your whole face inside the picture.',
  },
  multiple_faces: { outcome: 'inconclusive', code: 'capture_quality', guidance: 'Be alone in the picture.' },
  unreadable_frames: {
    outcome: 'inconclusive',
    code: 'capture_quality',
    guidance: 'Record the capture again.',
  },
  'low_quality.size': {
    outcome: 'inconclusive',
    code: 'capture_quality',
    guidance: 'Come closer to the camera.',
  },
  'low_quality.sharpness': {
    outcome: 'inconclusive',
    code: 'capture_quality',
    guidance: 'Hold still and clean the lens.',
  },
  'low_quality.brightness': {
    outcome: 'inconclusive',
    code: 'capture_quality',
    guidance: 'Find a place with even light.',
  },
  'low_quality.contrast': {
    outcome: 'inconclusive',
    code: 'capture_quality',
    guidance: 'Avoid a bright light behind you.',
  },
  'low_quality.frontality': {
    outcome: 'inconclusive',
    code: 'capture_quality',
    guidance: 'Look straight into the camera first.',
  },
  pad_level_insufficient: {
    outcome: 'inconclusive',
    code: 'challenge_incomplete',
    guidance: 'Record the capture again and follow the instructions.',
  },
  challenge_not_performed: {
    outcome: 'inconclusive',
    code: 'challenge_incomplete',
    guidance: 'Perform each action fully when it is shown.',
  },
  flash_unreadable: {
    outcome: 'inconclusive',
    code: 'challenge_incomplete',
    guidance: 'Leave the bright light and raise the brightness of the screen.',
  },
  presentation_attack: { outcome: 'rejected', code: 'not_accepted' },
  replay_detected: { outcome: 'rejected', code: 'not_accepted' },
  identity_inconsistent: { outcome: 'rejected', code: 'not_accepted' },
  duplicate_subject: { outcome: 'rejected', code: 'not_accepted' },
  no_match: { outcome: 'rejected', code: 'not_accepted' },
  enrolment_not_authorised: { outcome: 'rejected', code: 'not_accepted' },
  reference_outdated: { outcome: 'inconclusive', code: 'try_again' },
  already_enrolled: { outcome: 'inconclusive', code: 'try_again' },
  processing_failed: { outcome: 'inconclusive', code: 'try_again' },
} as const satisfies Record<string, Meaning>;

export type Reason = keyof typeof REASONS;

export function meaningOf(reason: Reason): Meaning {
  return REASONS[reason];
}

export function isReason(value: string): value is Reason {
  return Object.hasOwn(REASONS, value);
}
