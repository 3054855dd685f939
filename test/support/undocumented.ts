/** What is served and on purpose no part of the API's document, by the beginning of its addresses, each for its reason. */
const UNDOCUMENTED: Readonly<Record<string, string>> = {
  '/api/openapi.json': 'the document itself',
  '/api/docs': 'the page that shows it to people',
  '/queues': 'the queue board: pages for operators, and calls that only those pages make',
};

export function isUndocumented(path: string): boolean {
  return Object.keys(UNDOCUMENTED).some((area) => path === area || path.startsWith(`${area}/`));
}
