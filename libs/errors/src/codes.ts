/**
 * The frozen table of error codes: clients branch on `code`, so a code is never renamed, re-used or given another status.
 * `title` is the same for every occurrence; `next` tells the caller what to do about it.
 */
export const ERROR_CODES = {
  validation_failed: {
    status: 400,
    title: 'The request is not valid',
    next: 'Correct the members listed in `errors`.',
  },
  upload_aborted: {
    status: 400,
    title: 'The upload ended early',
    next: 'Send all frames again in one request.',
  },
  unsupported_grant_type: {
    status: 400,
    title: 'Grant type not supported',
    next: 'Use grant_type=client_credentials.',
  },
  invalid_scope: {
    status: 400,
    title: 'Scope not granted',
    next: 'Ask only for scopes this client was created with.',
  },
  unauthenticated: { status: 401, title: 'Authentication required', next: 'Send a valid bearer token.' },
  invalid_client: {
    status: 401,
    title: 'Client authentication failed',
    next: 'Check client_id and client_secret.',
  },
  page_code_invalid: {
    status: 401,
    title: 'The page code is not valid',
    next: 'Create a new capture and open its new link.',
  },
  board_link_invalid: {
    status: 401,
    title: 'The link to the queue board is not valid',
    next: 'Links work once, for five minutes. Make a new one: npm run cli -- board link.',
  },
  board_session_required: {
    status: 401,
    title: 'The queue board needs a session',
    next: 'Open a link of: npm run cli -- board link.',
  },
  insufficient_scope: {
    status: 403,
    title: 'Scope missing',
    next: 'Ask for a token with the scope this route names.',
  },
  origin_refused: {
    status: 403,
    title: 'The request does not come from our own page',
    next: 'Use the queue board itself; a proxy must keep Host or PUBLIC_URL must be set.',
  },
  board_read_only: {
    status: 403,
    title: 'The queue board does not allow this',
    next: 'Failed jobs can be run again with a link of: npm run cli -- board link --re-drive. Nothing else can be changed.',
  },
  consent_required: {
    status: 403,
    title: 'No consent recorded for this purpose',
    next: 'Record the consent with POST /v1/subjects/{id}/consents first.',
  },
  not_found: {
    status: 404,
    title: 'Not found',
    next: 'Check the method and the address.',
  },
  subject_not_found: { status: 404, title: 'Subject not found', next: 'Check the subject id.' },
  consent_not_found: { status: 404, title: 'Consent not found', next: 'List the consents of the subject.' },
  capture_not_found: { status: 404, title: 'Capture not found', next: 'Check the capture id.' },
  artifact_not_found: {
    status: 404,
    title: 'The capture has no such artifact',
    next: 'List the artifacts of the capture; its depth and mesh stages make them.',
  },
  artifacts_not_kept: {
    status: 404,
    title: 'No artifacts are kept',
    next: 'Ask the operator for ARTIFACTS=true; it applies to captures from then on.',
  },
  not_enrolled: { status: 409, title: 'The subject has no reference', next: 'Enrol the subject first.' },
  already_enrolled: {
    status: 409,
    title: 'The subject is already enrolled',
    next: 'Verify the subject instead of enrolling again.',
  },
  capture_state_conflict: {
    status: 409,
    title: 'The capture is not in a state that allows this',
    next: 'Read the capture; `state` says where it stands.',
  },
  submission_conflict: {
    status: 409,
    title: 'Other frames were submitted already',
    next: 'A capture takes one submission. Create a new capture.',
  },
  job_not_failed: {
    status: 409,
    title: 'The job is not a failed job',
    next: 'Only jobs that failed for good can be run again. Reload the board.',
  },
  capture_expired: {
    status: 410,
    title: 'The capture has expired',
    next: 'Create a new capture and submit within its window.',
  },
  artifact_expired: {
    status: 410,
    title: 'The artifact is not kept any longer',
    next: 'Read artifacts before the retention of frames ends.',
  },
  body_too_large: { status: 413, title: 'The request body is too large', next: 'Send a smaller body.' },
  frame_too_large: { status: 413, title: 'A frame is too large', next: 'Send frames of at most 2 MiB each.' },
  unsupported_media_type: {
    status: 415,
    title: 'Media type not supported',
    next: 'Send the media type this route documents.',
  },
  frames_missing: {
    status: 422,
    title: 'No frames in the upload',
    next: 'Send 5 to 12 multipart parts named `frames`.',
  },
  too_few_frames: { status: 422, title: 'Too few frames', next: 'Send 5 to 12 frames.' },
  too_many_frames: { status: 422, title: 'Too many frames', next: 'Send 5 to 12 frames.' },
  frame_too_many_pixels: {
    status: 422,
    title: 'A frame has too many pixels',
    next: 'Send frames of at most 16 megapixels.',
  },
  frame_unreadable: {
    status: 422,
    title: 'A frame is not a readable picture',
    next: 'Send complete JPEG, PNG or WebP pictures.',
  },
  unexpected_part: {
    status: 422,
    title: 'A part of the upload is not expected',
    next: 'Send only file parts named `frames`.',
  },
  capture_in_flight: {
    status: 429,
    title: 'Another capture of this subject is in flight',
    next: 'Wait for its decision.',
  },
  rate_limited: { status: 429, title: 'Too many requests', next: 'Wait as long as Retry-After says.' },
  internal: {
    status: 500,
    title: 'Something went wrong on our side',
    next: 'Report the errorId to the operator.',
  },
  overloaded: { status: 503, title: 'Too many captures are waiting', next: 'Try again after Retry-After.' },
  unavailable: {
    status: 503,
    title: 'A part of the service is not available',
    next: 'Try again after Retry-After.',
  },
} as const satisfies Record<string, { status: number; title: string; next: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;
