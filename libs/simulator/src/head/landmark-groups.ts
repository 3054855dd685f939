/** Landmark indices by what they outline; `right` and `left` are the subject's own. Order: from one corner to the other. */

export interface LidArcs {
  readonly corners: readonly [outer: number, inner: number];
  readonly upper: readonly number[];
  readonly lower: readonly number[];
  /** The crease above the upper lid, one point for each of `upper`. */
  readonly crease: readonly number[];
}

export const EYES: readonly LidArcs[] = [
  {
    corners: [33, 133],
    upper: [246, 161, 160, 159, 158, 157, 173],
    lower: [7, 163, 144, 145, 153, 154, 155],
    crease: [247, 30, 29, 27, 28, 56, 190],
  },
  {
    corners: [263, 362],
    upper: [466, 388, 387, 386, 385, 384, 398],
    lower: [249, 390, 373, 374, 380, 381, 382],
    crease: [467, 260, 259, 257, 258, 286, 414],
  },
];

export const INNER_LIPS = {
  corners: [78, 308],
  upper: [191, 80, 81, 82, 13, 312, 311, 310, 415],
  lower: [95, 88, 178, 87, 14, 317, 402, 318, 324],
} as const;

export const MOUTH_CORNERS = [61, 291] as const;

/** Clockwise in the picture, from the top. */
export const FACE_OVAL: readonly number[] = [
  10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149,
  150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
];
