export { sampleColours } from './colour-sample.js';
export { type FlashSignals } from './flash-signals.js';
export { type ColourSample } from './frame-colours.js';
export { type ColourFrame, measureFlash } from './measure-flash.js';
export {
  drawFlash,
  FLASH_FRAME_MS,
  FLASH_FRAMES,
  FLASH_PALETTE,
  type FlashColour,
  linearLight,
} from './sequence.js';
