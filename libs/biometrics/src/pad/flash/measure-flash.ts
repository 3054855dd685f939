import { quantile, median } from '../statistics.js';
import { type ChromaSeries, chromaSeries, middleOf } from './chroma-series.js';
import { type ColourSample } from './frame-colours.js';
import { SECTORS, SKIN_PLACES } from './face-relief.js';
import { type FlashSignals } from './flash-signals.js';
import { otherSequences } from './other-sequences.js';
import { FlashRegression, LAGS } from './regression.js';
import { LEAST_FLASH_FRAMES } from './sequence.js';

/** A usable frame's place in the capture and its colours. */
export interface ColourFrame {
  readonly index: number;
  readonly sample: ColourSample;
}

const [LEAST_POINTS, LEAST_CELLS] = [60, 12];
/** No median is known better than this: compression and a live face's own changes of colour. Natural logarithm. */
const FLOOR = 0.0015;
const SECTOR_SHARE = 1 / 3;
const CELL_SHARE = 0.6;
/** Luminance ratios beyond these are noise of dark points. */
const [DARK, BRIGHT] = [4, 0.3];

const UNMEASURED: Omit<FlashSignals, 'frames'> = {
  p: null,
  gain: null,
  gainSe: null,
  rho: null,
  lag: null,
  chromaRms: null,
  sectors: null,
  additive: null,
  spread: null,
  background: null,
  sideToCentre: null,
};

/**
 * Asks whether the light on a face follows the colours that only this capture's screen showed. The face's chroma, less the
 * background's, is explained by the shown colours and by a thousand other sequences of the same rule; where a recording was
 * made elsewhere, the right one is nothing special among them. About 8 ms.
 * @param frames usable ones by rising index, each below `colours.length`.
 * @param colours of all frames, in the order shown.
 */
export function measureFlash(frames: readonly ColourFrame[], colours: readonly string[]): FlashSignals {
  const unmeasured = { frames: frames.length, ...UNMEASURED };
  if (frames.length < LEAST_FLASH_FRAMES) return unmeasured;
  const skin = chromaSeries(frames.map(({ sample }) => sample.skin));
  const seenSkin = skin.filter((series) => series !== null);
  const cells = chromaSeries(frames.map(({ sample }) => sample.cells)).filter((series) => series !== null);
  if (seenSkin.length < LEAST_POINTS || cells.length < LEAST_CELLS) return unmeasured;
  const [face, wall] = [middleOf(seenSkin), middleOf(cells)];
  const weights = face.variance.map(
    (variance, i) => 1 / (variance + (wall.variance[i] as number) + FLOOR ** 2),
  );
  const regression = new FlashRegression(
    frames.map(({ index }) => index),
    weights,
  );
  const ahead = regression.residual(less(face.value, wall.value));
  const { best, lag, expected } = explain(regression, ahead, colours);
  const better = otherSequences(colours.length).filter(
    (other) => explain(regression, ahead, other).best.rho >= best.rho,
  ).length;
  const gainOf = (series: ChromaSeries): number => regression.fit(expected, regression.residual(series)).gain;
  const own = gainOf(face.value);
  const points = describePoints(skin, frames, (series) => gainOf(less(series, wall.value)), best.gain);
  return {
    frames: frames.length,
    p: (1 + better) / (1 + otherSequences(colours.length).length),
    gain: best.gain,
    gainSe: best.se,
    rho: best.rho,
    lag,
    chromaRms: Math.sqrt(ahead.reduce((sum, value) => sum + value * value, 0) / ahead.length),
    background:
      own > 0 ? cells.filter((series) => gainOf(series) > CELL_SHARE * own).length / cells.length : null,
    ...points,
  };
}

function explain(regression: FlashRegression, seen: ChromaSeries, colours: readonly string[]) {
  const tried = LAGS.map((lag) => {
    const expected = regression.expected(colours, lag);
    return { lag, expected, best: regression.fit(expected, seen) };
  });
  return tried.reduce((best, each) => (each.best.rho > best.best.rho ? each : best));
}

/** How the gain is spread over the face. */
function describePoints(
  skin: readonly (ChromaSeries | null)[],
  frames: readonly ColourFrame[],
  gainOf: (series: ChromaSeries) => number,
  gain: number,
): Pick<FlashSignals, 'sectors' | 'additive' | 'spread' | 'sideToCentre'> {
  if (!(gain > 0)) return { sectors: 0, additive: null, spread: null, sideToCentre: null };
  const points = skin.flatMap((series, i) => {
    const place = SKIN_PLACES[i];
    if (!series || !place) return [];
    const luminance = median(
      frames.map(({ sample }) => sample.skin[3 * i + 1] as number).filter(Number.isFinite),
    );
    return luminance ? [{ ...place, luminance, gain: gainOf(series) }] : [];
  });
  const middle = (chosen: typeof points): number | null => median(chosen.map((point) => point.gain));
  const [side, centre] = [
    middle(points.filter(({ isSide }) => isSide)),
    middle(points.filter(({ isCentre }) => isCentre)),
  ];
  const gains = points.map((point) => point.gain);
  return {
    sectors: Array.from({ length: SECTORS }, (_, sector) =>
      middle(points.filter((p) => p.sector === sector)),
    ).filter((value) => value !== null && value > SECTOR_SHARE * gain).length,
    additive: additiveShare(points),
    spread: ((quantile(gains, 0.9) ?? NaN) - (quantile(gains, 0.1) ?? NaN)) / gain,
    sideToCentre: side !== null && centre !== null && centre > 0 ? side / centre : null,
  };
}

/** Light added evenly counts more where there is little: gain = multiplied + added · (middle luminance / own luminance). */
function additiveShare(
  points: readonly { readonly luminance: number; readonly gain: number }[],
): number | null {
  const middle = median(points.map(({ luminance }) => luminance));
  if (middle === null) return null;
  const pairs = points.map(({ luminance, gain }) => ({
    x: Math.min(DARK, Math.max(BRIGHT, middle / luminance)),
    y: gain,
  }));
  const mean = (of: (pair: { x: number; y: number }) => number): number =>
    pairs.reduce((sum, pair) => sum + of(pair), 0) / pairs.length;
  const [x, y] = [mean((pair) => pair.x), mean((pair) => pair.y)];
  const wide = mean((pair) => (pair.x - x) ** 2);
  if (!(wide > 0.01)) return null;
  const added = mean((pair) => (pair.x - x) * (pair.y - y)) / wide;
  const atMiddle = y + added * (1 - x);
  return atMiddle > 0 ? added / atMiddle : null;
}

function less(series: ChromaSeries, other: ChromaSeries): ChromaSeries {
  return series.map((value, i) => value - (other[i] as number));
}
