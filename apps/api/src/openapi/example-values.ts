/** The same made-up subject and capture throughout the document, so that its examples read as one story. */
export const EXAMPLE = {
  subjectId: '0199e8c8-5b1e-7c44-9a53-6f0d2c1b7e01',
  captureId: '0199e8c9-22d4-7f10-8a77-3f1c5d9e4b02',
  consentId: '0199e8c8-7f3a-7b21-b0c9-1d2e3f4a5b03',
  referenceId: '0199e8c9-3a61-7d52-9c1e-5f6a7b8c9d05',
  clientId: '0199e8b0-1c2d-7e3f-8a4b-5c6d7e8f9a04',
  createdAt: '2026-11-24T09:00:00.000Z',
  submitBy: '2026-11-24T09:01:30.000Z',
  submittedAt: '2026-11-24T09:01:02.000Z',
  startedAt: '2026-11-24T09:01:02.030Z',
  decidedAt: '2026-11-24T09:01:02.412Z',
  expiresAt: '2026-11-24T09:10:00.000Z',
} as const;
