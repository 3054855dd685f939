import { type RgbImage } from '../../geometry/landmarks.js';
import { LINEAR_LIGHT } from '../flash/colour-sample.js';
import { landmarkBox } from '../gray.js';
import { type GamutCues } from './risk-cues.js';

/** Darker channels are mostly noise, brighter ones may be clipped: grey levels. */
const [DARKEST, BRIGHTEST] = [20, 250];
/** Every so many pixels and rows are read. */
const STEP = 3;
/** Skin and features fill this share of the landmarks' box. */
const FACE = 0.8;
/** Fewer pixels say nothing about a spread. */
const LEAST_PIXELS = 200;
/** Colours between these percentiles count, as do the darkest and brightest places beyond them. */
const [LOW, HIGH] = [0.05, 0.95];
const [DARK, BRIGHT] = [0.01, 0.99];

/** Logarithms of linear light are counted in steps of 1/50, from −5 to 5. */
const [BINS_PER_UNIT, LARGEST] = [50, 5];
const LOG = LINEAR_LIGHT.map((value) => Math.log(Math.max(value, LINEAR_LIGHT[1] as number)));

/**
 * How much of a camera's colours and range of light a picture uses. Screens and inks show fewer colours than things have, and no true
 * black, which a camera that takes them again cannot bring back. Spreads are of log(R/G) and log(B/G) of linear light, between the 5th and
 * the 95th percentile, added: neither exposure nor white balance changes them. About 1 ms for 640 × 480.
 * After Gao, Ng, Qiu and Chang, "Single-view recaptured image detection based on physics-based features", ICME 2010, and Wen, Han and Jain,
 * "Face spoof detection with image distortion analysis", IEEE TIFS 10(4), 2015.
 * @param landmarks 478 × (x, y, z) in pixels of the picture
 */
export function measureGamut(image: RgbImage, landmarks: Float32Array): GamutCues {
  const { width, height, data } = image;
  const [picture, skin] = [new ColourCounts(), new ColourCounts()];
  const luma = new Uint32Array(256);
  const face = landmarkBox(landmarks, 0);
  for (let y = 1; y < height; y += STEP) {
    const down = ((2 * (y - face.top)) / face.height - 1) / FACE;
    for (let x = 1; x < width; x += STEP) {
      const at = 3 * (y * width + x);
      const [r, g, b] = [data[at] as number, data[at + 1] as number, data[at + 2] as number];
      const level = (77 * r + 150 * g + 29 * b) >> 8;
      luma[level] = (luma[level] as number) + 1;
      if (Math.min(r, g, b) < DARKEST || Math.max(r, g, b) > BRIGHTEST) continue;
      const [red, blue] = [(LOG[r] as number) - (LOG[g] as number), (LOG[b] as number) - (LOG[g] as number)];
      picture.add(red, blue);
      const across = ((2 * (x - face.left)) / face.width - 1) / FACE;
      if (across * across + down * down < 1) skin.add(red, blue);
    }
  }
  const light = (q: number): number => LOG[quantileBin(luma, q)] as number;
  return {
    colourSpread: picture.spread(),
    skinSpread: skin.spread(),
    blackLevel: light(DARK) - light(BRIGHT),
  };
}

class ColourCounts {
  private readonly red = new Uint32Array(2 * LARGEST * BINS_PER_UNIT + 1);
  private readonly blue = new Uint32Array(2 * LARGEST * BINS_PER_UNIT + 1);
  private count = 0;

  add(red: number, blue: number): void {
    this.count++;
    const [r, b] = [
      Math.round((red + LARGEST) * BINS_PER_UNIT),
      Math.round((blue + LARGEST) * BINS_PER_UNIT),
    ];
    this.red[r] = (this.red[r] as number) + 1;
    this.blue[b] = (this.blue[b] as number) + 1;
  }

  spread(): number | null {
    if (this.count < LEAST_PIXELS) return null;
    const of = (counts: Uint32Array): number => quantileBin(counts, HIGH) - quantileBin(counts, LOW);
    return (of(this.red) + of(this.blue)) / BINS_PER_UNIT;
  }
}

/** The first bin up to which at least a share `q` was counted. */
function quantileBin(counts: Uint32Array, q: number): number {
  const wanted = q * counts.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  return counts.findIndex((count) => (seen += count) >= wanted);
}
