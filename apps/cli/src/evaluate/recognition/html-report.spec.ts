import { calibrationOf } from './calibration-file.js';
import { htmlReport } from './html-report.js';
import { recognitionReport } from './recognition-report.js';
import { drawnPeople } from './testing/drawn-people.js';

const people = drawnPeople({ people: 12, each: 4, spread: 0.6, seed: 1, prefix: '<b>&"' }).map(
  (image, i) => ({
    ...image,
    groups: { light: i % 2 ? 'day' : '<i>night' },
  }),
);
const report = recognitionReport(people, { replicates: 60, group: 'light', synthetic: true });

describe('the page', () => {
  const page = htmlReport(report);

  it('needs nothing but itself: no script, no address, a policy that forbids both', () => {
    expect(page).not.toMatch(/<script|javascript:|\son\w+=|<link|<img|@import|url\((?!#)/i);
    expect(page.match(/https?:\/\/[^"]+/g)?.every((url) => url.startsWith('http://www.w3.org/'))).toBe(true);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  it('says that it is synthetic, and what the set cannot tell', () => {
    expect(page).toContain('<strong>SYNTHETIC.</strong>');
    expect(page).toContain('This set cannot support FMR 1e-4');
    expect(page).toContain('cannot be supported');
  });

  it('describes its charts to who cannot see them', () => {
    const charts = page.match(/<svg role="img" aria-labelledby="[^"]+"/g) ?? [];
    expect(charts).toHaveLength(2);
    for (const chart of charts)
      for (const id of /aria-labelledby="([^"]+)"/.exec(chart)?.[1]?.split(' ') ?? [])
        expect(page.split(`id="${id}"`)).toHaveLength(2);
    expect(page).toMatch(/<html lang="en">/);
  });

  it('shows names as names, not as markup', () => {
    expect(page).not.toMatch(/<b>|<i>night/);
    expect(page).toContain('&lt;b&gt;&amp;&#34;');
  });

  it('is written for a set without pairs, too', () => {
    const none = htmlReport(recognitionReport(people.slice(0, 1), { replicates: 10 }));
    expect(none).toContain('no pairs');
    expect(none).not.toContain('<svg');
  });
});

describe('a calibration', () => {
  const models = [{ id: 'drawn', version: '1', sha256: 'a'.repeat(64) }];

  it('holds the bound at each score, and says what it was measured on', () => {
    const calibration = calibrationOf(report, models);
    expect(calibration).toMatchObject({
      modelId: 'drawn@1',
      synthetic: true,
      people: 12,
      measuredOn: '48 rendered photographs of synthetic people, 12 people, 1056 non-mated pairs',
    });
    expect(calibration.fmrUpper[50]).toBeCloseTo(report.fmrAtScore[50]?.upper ?? NaN, 3);
  });

  it('is not written without comparisons, or for templates of a model that is not there', () => {
    expect(() => calibrationOf(recognitionReport(people.slice(0, 3), { replicates: 10 }), models)).toThrow(
      /comparisons of different people/,
    );
    expect(() => calibrationOf(report, [])).toThrow();
  });
});
