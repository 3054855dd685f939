import { type Template, TemplateError } from '#biometrics';

/** One image of the evaluation. */
export interface EvaluatedImage {
  /** As the manifest names it. */
  readonly path: string;
  readonly identity: string;
  /** No template: a failure to acquire. */
  readonly template: Template | null;
  /** Why there is no template. */
  readonly failure: string | null;
  /** Which enrolment gate refuses the image; null when it could be enrolled. */
  readonly enrolmentFailure: string | null;
  /** Further members of the manifest, by which results can be told apart. */
  readonly groups: Readonly<Record<string, string>>;
}

/** All templates in one matrix, person by person: what comparisons need, and nothing that grows with their number. */
export interface Gallery {
  /** Image names, in the order of the rows. */
  readonly paths: readonly string[];
  readonly people: number;
  /** Row at which each person begins, and the number of rows behind the last. */
  readonly starts: Int32Array;
  readonly dim: number;
  /** Rows of unit length. */
  readonly values: Float32Array;
}

/** @throws {TemplateError} when the templates come from different models */
export function galleryOf(images: readonly EvaluatedImage[]): Gallery {
  const byPerson = new Map<string, { path: string; template: Template }[]>();
  for (const { path, identity, template } of images) {
    if (!template) continue;
    const own = byPerson.get(identity);
    if (own) own.push({ path, template });
    else byPerson.set(identity, [{ path, template }]);
  }
  const rows = [...byPerson.values()].flat();
  const dim = rows[0]?.template.dim ?? 0;
  const values = new Float32Array(rows.length * dim);
  rows.forEach(({ template }, row) => {
    if (template.modelId !== rows[0]?.template.modelId || template.dim !== dim)
      throw new TemplateError('templates of different models cannot be compared');
    const length = Math.hypot(...template.values);
    template.values.forEach((value, i) => (values[row * dim + i] = value / length));
  });
  const starts = Int32Array.from([0, ...[...byPerson.values()].map(({ length }) => length)]);
  for (let i = 1; i < starts.length; i++) starts[i] = (starts[i] as number) + (starts[i - 1] as number);
  return { paths: rows.map(({ path }) => path), people: byPerson.size, starts, dim, values };
}

/** How many templates each person has. */
export function sizesOf({ starts, people }: Gallery): Int32Array {
  return Int32Array.from({ length: people }, (_, i) => (starts[i + 1] as number) - (starts[i] as number));
}

/**
 * Hands over the comparisons of each two people, and of each person with themselves (`a` = `b`), one pair of images after the other.
 * @param begin called before the comparisons of two people
 * @param visit called with the rows and the score (cosine) of each
 */
export function compareAll(
  { people, starts, dim, values }: Gallery,
  begin: (a: number, b: number) => void,
  visit: (row: number, other: number, score: number) => void,
): void {
  for (let a = 0; a < people; a++) {
    for (let b = a; b < people; b++) {
      begin(a, b);
      const last = starts[a + 1] as number;
      for (let row = starts[a] as number; row < last; row++) {
        const end = starts[b + 1] as number;
        for (let other = a === b ? row + 1 : (starts[b] as number); other < end; other++) {
          let dot = 0;
          for (let i = row * dim, j = other * dim, stop = i + dim; i < stop; i++, j++)
            dot += (values[i] as number) * (values[j] as number);
          visit(row, other, dot);
        }
      }
    }
  }
}
