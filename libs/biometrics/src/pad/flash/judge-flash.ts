import { type PadThresholds } from '../../policy/pad-thresholds.js';
import { type GateState } from '../gate-state.js';
import { type FlashSignals } from './flash-signals.js';

/**
 * Fails where the face's colour changes clearly, but not as this screen made it: a recording lit by another screen, or none of
 * this room. `unmeasured` where no flash was asked or nothing could be read.
 */
export function judgeForeignLight(
  flash: FlashSignals | null,
  { foreignFlashRms, foreignFlashP }: PadThresholds,
): GateState {
  if (flash?.p == null || flash.chromaRms === null) return 'unmeasured';
  return flash.chromaRms > foreignFlashRms && flash.p > foreignFlashP ? 'failed' : 'passed';
}

/**
 * Passes only where the light of this screen is there, strong enough to be told from chance, on something that takes it as a face
 * does: not as glass, not with all the room, not as something flat. `unmeasured` only where no flash was asked.
 */
export function judgeScreenLight(flash: FlashSignals | null, thresholds: PadThresholds): GateState {
  if (!flash) return 'unmeasured';
  const { p, gain, gainSe, rho, sectors, background } = flash;
  if (p === null || gain === null || gainSe === null || rho === null) return 'failed';
  const leastRho = gain >= thresholds.strongFlashGain ? thresholds.minStrongFlashRho : thresholds.minFlashRho;
  const isThere = p <= thresholds.maxFlashP && gain >= thresholds.minFlashGain && rho >= leastRho;
  const isOnFace =
    sectors !== null &&
    sectors >= thresholds.minFlashSectors &&
    background !== null &&
    background <= thresholds.maxFlashBackground;
  return isThere && isOnFace && !isGlass(flash, thresholds) && !isFlat(flash, thresholds)
    ? 'passed'
    : 'failed';
}

function isGlass({ gain, additive, spread }: FlashSignals, thresholds: PadThresholds): boolean {
  return (
    !(additive !== null && additive <= thresholds.maxFlashAdditive) ||
    ((gain ?? 0) >= thresholds.readableFlashGain && !(spread !== null && spread <= thresholds.maxFlashSpread))
  );
}

function isFlat({ gain, gainSe, spread, sideToCentre }: FlashSignals, thresholds: PadThresholds): boolean {
  if ((gain ?? 0) <= thresholds.knownFlashGain * (gainSe ?? Infinity)) return false;
  if (spread === null || sideToCentre === null || spread < thresholds.minFlashSpread) return true;
  return spread < thresholds.evenFlashSpread && sideToCentre > thresholds.maxFlashSideToCentre;
}
