import { linearLight } from '#biometrics';

/**
 * The light of the screen at each frame, linear red, green, blue: the colour shown, or a little of the one before where camera or screen is
 * late; white before the first. Undefined for every frame without a flash.
 */
export function shownColours(
  flash: readonly string[] | undefined,
  lag: number,
): (readonly [number, number, number] | undefined)[] {
  return (flash ?? []).map((colour, i) => {
    const [now, before] = [linearLight(colour), linearLight(flash?.[i - 1] ?? '#ffffff')];
    const mixed = (c: 0 | 1 | 2): number => (1 - lag) * now[c] + lag * before[c];
    return [mixed(0), mixed(1), mixed(2)];
  });
}
