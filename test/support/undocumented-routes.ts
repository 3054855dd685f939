/** Served, and on purpose not in the API's document, each for its reason. */
export const UNDOCUMENTED: Readonly<Record<string, string>> = {
  'GET /api/openapi.json': 'the document itself',
  'GET /api/docs': 'the page that shows it to people',
  'GET /api/docs/:asset': 'the parts of that page',
};

export const UNDOCUMENTED_ROUTES = Object.keys(UNDOCUMENTED);

/** The queue board's pages and the calls of its own script: an operator's tool, no part of the API. */
export const isBoardRoute = (route: string): boolean => /^[A-Z]+ \/queues(\/|$)/.test(route);
