/** Everything stored for a subject lies under one prefix, so that erasure is one removal. */
export function subjectPrefix(tenantId: string, subjectId: string): string {
  return `t/${tenantId}/s/${subjectId}/`;
}
