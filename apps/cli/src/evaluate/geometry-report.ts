import { areaUnderCurve, quantile } from './rate.js';

export interface GeometryReport {
  /** RMS distance of fused meshes of live captures from the surface of the rendered heads, in millimetres; null where the heads are not known. */
  readonly meshErrorMm: {
    readonly p10: number;
    readonly p50: number;
    readonly p90: number;
    readonly n: number;
  } | null;
  /** How well relief measured across frames ranks live captures above each species: 0.5 chance, 1 always; null without measurements. */
  readonly reliefAuc: readonly {
    readonly species: string;
    readonly auc: number | null;
    /** Captures of the species that were measured. */
    readonly n: number;
  }[];
}

/** What was measured of one capture's geometry. */
export interface GeometrySample {
  /** Relief measured across frames / IOD; null where nothing was measured. */
  readonly relief: number | null;
  /** RMS distance of the fused mesh from the surface of the head that was rendered, in millimetres; null where that is not known. */
  readonly meshErrorMm: number | null;
}

/** @param kinds samples by kind, the bona fide ones under `live` */
export function geometryReport(
  kinds: ReadonlyMap<string, readonly GeometrySample[]>,
  live: string,
): GeometryReport {
  const errors = (kinds.get(live) ?? []).flatMap(({ meshErrorMm }) => meshErrorMm ?? []);
  const at = (q: number): number => quantile(errors, q) ?? NaN;
  const reliefOf = (kind: string): number[] => (kinds.get(kind) ?? []).flatMap(({ relief }) => relief ?? []);
  const heads = reliefOf(live);
  return {
    meshErrorMm: errors.length > 0 ? { p10: at(0.1), p50: at(0.5), p90: at(0.9), n: errors.length } : null,
    reliefAuc: [...kinds.keys()]
      .filter((kind) => kind !== live)
      .map((species) => {
        const values = reliefOf(species);
        return { species, auc: areaUnderCurve(heads, values), n: values.length };
      }),
  };
}
