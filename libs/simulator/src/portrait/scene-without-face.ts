import sharp from 'sharp';

const WIDTH = 640;
const HEIGHT = 480;

/** Frames of a wall and a table with nobody before them: 640×480 JPEGs, each lit a little differently. */
export async function sceneWithoutFace(count: number): Promise<Buffer[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      sharp(Buffer.from(scene(index)))
        .jpeg({ quality: 90 })
        .toBuffer(),
    ),
  );
}

function scene(index: number): string {
  const light = 200 - 6 * index;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">
    <rect width="100%" height="100%" fill="rgb(${light},${light - 8},${light - 20})"/>
    <rect y="340" width="100%" height="140" fill="rgb(110,${80 - index},60)"/>
    <rect x="${70 + index}" y="60" width="170" height="120" fill="rgb(120,150,${light - 30})" stroke="white" stroke-width="6"/>
  </svg>`;
}
