import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import swaggerUiFolder from 'swagger-ui-dist/absolute-path.js';

export interface DocsAsset {
  readonly mediaType: string;
  readonly content: string | Buffer;
}

/** Relative addresses throughout, so that the page also works behind a proxy that puts the API under a path. */
const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Secure Biometric API</title>
    <link rel="stylesheet" href="docs/swagger-ui.css" />
    <link rel="icon" type="image/png" href="docs/favicon-32x32.png" />
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;

/** No validator service of a third party, and no token that outlives the page. */
const START = `SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  persistAuthorization: false,
  tryItOutEnabled: true,
  validatorUrl: null,
});
`;

const FILES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/** What the page may load and talk to: this origin alone; pictures that its styles hold are `data:`. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const DOCS_PAGE: DocsAsset = { mediaType: 'text/html; charset=utf-8', content: PAGE };

/** A part of the page by name, or nothing when it has no such part. */
export async function docsAsset(name: string): Promise<DocsAsset | undefined> {
  if (name === 'start.js') return { mediaType: 'text/javascript; charset=utf-8', content: START };
  if (!Object.hasOwn(FILES, name)) return undefined;
  return { mediaType: FILES[name] as string, content: await readFile(join(swaggerUiFolder(), name)) };
}
