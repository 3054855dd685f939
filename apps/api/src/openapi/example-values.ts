/** The same made-up subject and capture throughout the document, so that its examples read as one story. */
export const EXAMPLE = {
  subjectId: '0199e8c8-5b1e-7c44-9a53-6f0d2c1b7e01',
  captureId: '0199e8c9-22d4-7f10-8a77-3f1c5d9e4b02',
  consentId: '0199e8c8-7f3a-7b21-b0c9-1d2e3f4a5b03',
  clientId: '0199e8b0-1c2d-7e3f-8a4b-5c6d7e8f9a04',
  userId: '0199e8b0-2d3e-7f4a-9b5c-6d7e8f9a0b05',
  sessionId: '0199e8b0-3e4f-7a5b-8c6d-7e8f9a0b1c06',
  deviceId: '0199e8b0-4f5a-7b6c-9d7e-8f9a0b1c2d07',
  createdAt: '2026-11-24T09:00:00.000Z',
  submitBy: '2026-11-24T09:01:30.000Z',
  submittedAt: '2026-11-24T09:01:02.000Z',
  startedAt: '2026-11-24T09:01:02.030Z',
  decidedAt: '2026-11-24T09:01:02.412Z',
  sessionExpiresAt: '2026-11-24T21:00:00.000Z',
  initialPasswordUntil: '2026-11-27T09:00:00.000Z',
  expiresAt: '2026-11-24T09:10:00.000Z',
} as const;
