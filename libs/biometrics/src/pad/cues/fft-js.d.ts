/** The part of fft.js (F. Indutny, MIT) that is used; it brings no types of its own. */
declare module 'fft.js' {
  export default class FFT {
    /** @param size a power of two above 1 */
    constructor(size: number);
    /** Complex numbers as (re, im) pairs, both ways. */
    transform(out: Float64Array, input: Float64Array): void;
  }
}
