/**
 * Colours a screen shows: far apart in chroma, none of them a saturated red (WCAG 2.3.1), and of similar effect on every skin.
 */
export const FLASH_PALETTE = ['#ff7070', '#50ff50', '#6464ff', '#50ffff', '#ff50ff', '#ffff50'] as const;
export type FlashColour = (typeof FLASH_PALETTE)[number];

/** Frames of a capture with flash: one for each colour. */
export const FLASH_FRAMES = 10;
/** Usable frames without which the colours are not read; design: eight of ten. */
export const LEAST_FLASH_FRAMES = 8;
/** How long each colour is shown. Three flashes a second are the limit (WCAG 2.3.1); this makes at most 1.25. */
export const FLASH_FRAME_MS = 400;

/**
 * Draws the colours of a flash challenge: each differs from the one before, so that every frame brings a change. The screen is
 * white before the first. 6 · 5⁹ ≈ 23 bits for ten.
 * @param randomInt uniform integer in 0 … n − 1; from a cryptographic source for a challenge.
 */
export function drawFlash(length: number, randomInt: (n: number) => number): FlashColour[] {
  const drawn: FlashColour[] = [];
  while (drawn.length < length) {
    const allowed = FLASH_PALETTE.filter((colour) => colour !== drawn.at(-1));
    drawn.push(allowed[randomInt(allowed.length)] as FlashColour);
  }
  return drawn;
}

/** Linear light of a colour (sRGB, IEC 61966-2-1): red, green, blue, 0 … 1. */
export function linearLight(colour: string): readonly [red: number, green: number, blue: number] {
  const channel = (at: number): number => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}
