import { Extractor, InferenceEngine, timeTemplate } from '#inference';
import { decodeFrame } from '#pictures';
import { framesFrom, samplePortrait } from '#simulator';
import { type BenchReport, quotient, report, summarise } from './report.js';

const WARM_UP = 5;
const ROUNDS = 60;

/** One template against the bare network on the same crop, turn by turn, in this thread. */
export async function inferenceSuite(modelsDir: string): Promise<BenchReport> {
  const [frame] = await framesFrom(await samplePortrait(), 1);
  const image = frame && (await decodeFrame(frame));
  const engine = await InferenceEngine.start({ modelsDir });
  try {
    const [found] = frame ? (await new Extractor(engine.networks).extract([frame])).frames : [];
    if (!image || !found?.landmarks) throw new Error('No face was found in the sample portrait');
    const [template, network]: [number[], number[]] = [[], []];
    for (let round = 0; round < WARM_UP + ROUNDS; round++) {
      const { templateMs, networkMs } = await timeTemplate(engine.networks.template, image, found.landmarks);
      if (round < WARM_UP) continue;
      template.push(templateMs);
      network.push(networkMs);
    }
    return report(
      'inference',
      [
        summarise(`${engine.backend}: template of a frame with landmarks`, 'ms', template),
        summarise(`${engine.backend}: bare template network on the same crop`, 'ms', network),
      ],
      [quotient('template / bare network', template, network)],
    );
  } finally {
    engine.dispose();
  }
}
