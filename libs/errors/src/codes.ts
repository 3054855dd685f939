/** What a code means: all that is the same for every occurrence. */
export interface ErrorMeaning {
  readonly status: number;
  readonly title: string;
  /** In which cases the API answers so. */
  readonly when: string;
  /** What the caller can do about it. */
  readonly next: string;
  /** Trouble that passes: how long to wait, where nothing better is known. */
  readonly retryAfterSeconds?: number;
}

/** The frozen table of error codes: clients branch on `code`, so a code is never renamed, re-used or given another status. */
export const ERROR_CODES = {
  validation_failed: {
    status: 400,
    title: 'The request is not valid',
    when: 'A member of the body, a parameter or the address breaks a rule, or the body is no JSON; `errors` names the members.',
    next: 'Correct the members listed in `errors`.',
  },
  upload_aborted: {
    status: 400,
    title: 'The upload ended early',
    when: 'The connection or the multipart body ended before its last part was complete.',
    next: 'Send all frames again in one request.',
  },
  unsupported_grant_type: {
    status: 400,
    title: 'Grant type not supported',
    when: '`grant_type` is not `client_credentials`.',
    next: 'Use grant_type=client_credentials.',
  },
  invalid_scope: {
    status: 400,
    title: 'Scope not granted',
    when: 'A scope was asked for that does not exist or that the client was not given.',
    next: 'Ask only for scopes this client was created with.',
  },
  unauthenticated: {
    status: 401,
    title: 'Authentication required',
    when: 'No bearer token was sent, or it is malformed, expired, revoked, forged, of another installation, or of a client that was disabled or lost a scope since; every address answers so, whether it exists or not.',
    next: 'Send a valid bearer token.',
  },
  invalid_client: {
    status: 401,
    title: 'Client authentication failed',
    when: 'The client is unknown or disabled, or its secret is wrong.',
    next: 'Check client_id and client_secret.',
  },
  invalid_credentials: {
    status: 401,
    title: 'Login failed',
    when: 'The name is unknown in the tenant, the account is disabled, or the password is wrong or an initial one past its time; which of these is not said.',
    next: 'Check tenant, name and password, or have an administrator reset the password.',
  },
  refresh_token_invalid: {
    status: 401,
    title: 'The refresh token is not valid',
    when: 'The token is unknown, was replaced, or its session has ended or expired. A replaced token that is used again ends its session.',
    next: 'Log in again.',
  },
  page_code_invalid: {
    status: 401,
    title: 'The page code is not valid',
    when: 'The one-time code was used before, has expired, belongs to an ended capture or never existed.',
    next: 'Create a new capture and open its new link.',
  },
  board_link_invalid: {
    status: 401,
    title: 'The link to the queue board is not valid',
    when: 'The one-time code of the link was used before, is older than five minutes or never existed.',
    next: 'Links work once, for five minutes. Make a new one: npm run cli -- board link.',
  },
  board_session_required: {
    status: 401,
    title: 'The queue board needs a session',
    when: 'The queue board was opened without its cookie, or the session has ended.',
    next: 'Open a link of: npm run cli -- board link.',
  },
  insufficient_scope: {
    status: 403,
    title: 'Scope missing',
    when: 'The token is valid but lacks the scope, or is of a client or a capture where only a person may call, or of a capture where it may not; `detail` names what is missing.',
    next: 'Ask for a token with the scope this route names.',
  },
  scope_not_held: {
    status: 403,
    title: 'Nobody grants more than they hold',
    when: 'A client was to be given a scope that the caller does not hold, or the secret of a client was to be rotated that has one; `detail` names the scopes.',
    next: 'Have it done by somebody who holds these scopes.',
  },
  origin_refused: {
    status: 403,
    title: 'The request does not come from our own page',
    when: 'A browser sent it from a page of another origin, or did not say from which.',
    next: 'Use the queue board itself; a proxy must keep Host or PUBLIC_URL must be set.',
  },
  board_read_only: {
    status: 403,
    title: 'The queue board does not allow this',
    when: 'The board was asked to change something, and its session may only read or re-drive.',
    next: 'Failed jobs can be run again with a link of: npm run cli -- board link --re-drive. Nothing else can be changed.',
  },
  consent_required: {
    status: 403,
    title: 'No consent recorded for this purpose',
    when: 'The subject has not consented to the purpose of the capture, or has withdrawn the consent.',
    next: 'Record the consent with POST /v1/subjects/{id}/consents first.',
  },
  recent_verification_required: {
    status: 403,
    title: 'A recent accepted verification is needed',
    when: 'A further reference was asked for, and the subject was not verified within the last minutes (the policy says how many), or that verification has authorised a reference before.',
    next: 'Verify the subject, then ask again. An operator may override with the scope enrolments:override and a reason.',
  },
  not_found: {
    status: 404,
    title: 'Not found',
    when: 'With a valid token, an address or method that the API does not have.',
    next: 'Check the method and the address.',
  },
  subject_not_found: {
    status: 404,
    title: 'Subject not found',
    when: 'The subject does not exist, was erased or belongs to another tenant.',
    next: 'Check the subject id.',
  },
  user_not_found: {
    status: 404,
    title: 'User not found',
    when: 'The tenant has no user of that id.',
    next: 'List the users.',
  },
  session_not_found: {
    status: 404,
    title: 'Session not found',
    when: 'The person has no running session of that id.',
    next: 'List your sessions.',
  },
  consent_not_found: {
    status: 404,
    title: 'Consent not found',
    when: 'The subject has no consent of that id.',
    next: 'List the consents of the subject.',
  },
  reference_not_found: {
    status: 404,
    title: 'Reference not found',
    when: 'The subject has no reference of that id.',
    next: 'List the references of the subject.',
  },
  capture_not_found: {
    status: 404,
    title: 'Capture not found',
    when: 'The capture does not exist, was erased, belongs to another tenant, or is not the one of the capture credential.',
    next: 'Check the capture id.',
  },
  policy_not_found: {
    status: 404,
    title: 'Policy not found',
    when: 'The tenant has no policy of that version.',
    next: 'List the policies with GET /v1/policies.',
  },
  simulation_not_found: {
    status: 404,
    title: 'Simulation not found',
    when: 'The simulation does not exist, is older than 30 days or belongs to another tenant.',
    next: 'Ask for a new one with POST /v1/policies/{version}/simulate.',
  },
  artifact_not_found: {
    status: 404,
    title: 'The capture has no such artifact',
    when: 'The capture has no artifact of that name, or its stages have not made it yet.',
    next: 'List the artifacts of the capture; its depth and mesh stages make them.',
  },
  artifacts_not_kept: {
    status: 404,
    title: 'No artifacts are kept',
    when: 'This installation does not keep artifacts.',
    next: 'Ask the operator for ARTIFACTS=true; it applies to captures from then on.',
  },
  webhook_endpoint_not_found: {
    status: 404,
    title: 'Webhook endpoint not found',
    when: 'The webhook endpoint does not exist, was removed or belongs to another tenant.',
    next: 'Check the id of the endpoint.',
  },
  webhook_delivery_not_found: {
    status: 404,
    title: 'Delivery not found',
    when: 'The webhook endpoint has no delivery of that id, or it is no longer kept.',
    next: 'List the deliveries of the endpoint.',
  },
  client_not_found: {
    status: 404,
    title: 'Client not found',
    when: 'The client does not exist or belongs to another tenant.',
    next: 'List the clients.',
  },
  face_session_not_found: {
    status: 404,
    title: 'Face session not found',
    when: 'The session does not exist, was erased, ended long ago or belongs to another tenant.',
    next: 'Check the id of the session.',
  },
  user_name_taken: {
    status: 409,
    title: 'The name is taken',
    when: 'The tenant has a user of that name; capitals make no difference.',
    next: 'Choose another name.',
  },
  last_admin: {
    status: 409,
    title: 'The last administrator must stay',
    when: 'The change would leave the tenant without an enabled user of the role admin.',
    next: 'Give the role admin to another user first.',
  },
  not_enrolled: {
    status: 409,
    title: 'The subject has no reference',
    when: 'A verification or a further reference was asked for, and the subject has no reference yet.',
    next: 'Enrol the subject first.',
  },
  already_enrolled: {
    status: 409,
    title: 'The subject is already enrolled',
    when: 'A first enrolment was asked for, and the subject has a reference.',
    next: 'To add a reference or replace it, say so with `reference`: additional or replacement.',
  },
  references_full: {
    status: 409,
    title: 'The subject has as many references as allowed',
    when: 'An additional reference was asked for, and the subject has as many as the policy allows.',
    next: 'Replace the references, or delete one first.',
  },
  reference_outdated: {
    status: 409,
    title: 'The references are of a model that is no longer used',
    when: 'A comparison was asked for, and all references of the subject were made by a template model that none of the running workers has.',
    next: 'Enrol the person anew: a replacement with the scope enrolments:override and a reason.',
  },
  policy_weaker: {
    status: 409,
    title: 'The policy is weaker than the active one',
    when: 'The policy to be activated is weaker than the active one in members that `acceptWeakening` does not name; `errors` names them.',
    next: 'Activate another version, or name each of these members in `acceptWeakening`.',
  },
  label_not_applicable: {
    status: 409,
    title: 'The label says nothing about this capture',
    when: '`mated` or `non_mated` was said of a capture that compared nothing.',
    next: 'Label captures of purpose `verification` so, and others with `bona_fide` or `attack`.',
  },
  capture_state_conflict: {
    status: 409,
    title: 'The capture is not in a state that allows this',
    when: 'The capture was started, submitted, decided or cancelled before, and this deed is not possible any more, or not yet.',
    next: 'Read the capture; `state` says where it stands.',
  },
  submission_conflict: {
    status: 409,
    title: 'Other frames were submitted already',
    when: 'Frames were submitted before, and these are different ones; the very same frames are accepted again.',
    next: 'A capture takes one submission. Create a new capture.',
  },
  client_name_taken: {
    status: 409,
    title: 'Another client has this name',
    when: 'A client of the tenant, enabled or not, has the name already.',
    next: 'Choose another name.',
  },
  verification_required: {
    status: 409,
    title: 'The capture is not an accepted verification',
    when: 'A session was to be opened on a capture of another purpose, or one that is not decided yet or was not accepted, or rests on a reference that was deleted since.',
    next: 'Have the subject verified, and open the session on that capture.',
  },
  verification_too_old: {
    status: 409,
    title: 'The verification is too long ago',
    when: 'A session was to be opened on a verification that was decided longer ago than this installation allows (`FACE_SESSION_CAPTURE_AGE_MS`).',
    next: 'Have the subject verified again, and open the session at once.',
  },
  verification_used: {
    status: 409,
    title: 'The verification was used before',
    when: 'A session was opened on this capture already, whether it still holds or not.',
    next: 'A verification opens one session. Have the subject verified again.',
  },
  job_not_failed: {
    status: 409,
    title: 'The job is not a failed job',
    when: 'A job was to be run again that waits, runs or has completed.',
    next: 'Only jobs that failed for good can be run again. Reload the board.',
  },
  idempotency_in_flight: {
    status: 409,
    title: 'A request with this Idempotency-Key is being handled',
    when: 'The same caller sent a request with this `Idempotency-Key` to this route, and it has not been answered yet.',
    next: 'Send the same request again after Retry-After.',
    retryAfterSeconds: 1,
  },
  idempotency_answer_lost: {
    status: 409,
    title: 'The request was done, and its answer is lost',
    when: 'The same request under this `Idempotency-Key` was done, but failed before its answer was kept: the connection to the database was lost over it, or its process died.',
    next: 'Look at what was made before you ask anew under another key. What is shown once, as codes and secrets, has to be made anew.',
  },
  webhook_endpoint_limit: {
    status: 409,
    title: 'Too many webhook endpoints',
    when: 'The tenant has as many webhook endpoints as one tenant may have (20).',
    next: 'Remove one that is not needed, or subscribe one of them to more events.',
  },
  webhook_endpoint_disabled: {
    status: 409,
    title: 'The webhook endpoint is disabled',
    when: 'Something was to be delivered again to an endpoint that is disabled.',
    next: "Enable it first: PATCH it with state 'enabled'.",
  },
  capture_expired: {
    status: 410,
    title: 'The capture has expired',
    when: 'The capture was not started before `expiresAt`, or not submitted before `submitBy`.',
    next: 'Create a new capture and submit within its window.',
  },
  artifact_expired: {
    status: 410,
    title: 'The artifact is not kept any longer',
    when: 'The capture had the artifact, and retention has removed it.',
    next: 'Read artifacts before the retention of frames ends.',
  },
  body_too_large: {
    status: 413,
    title: 'The request body is too large',
    when: 'The body is larger than the API reads: 64 KiB, except for frames.',
    next: 'Send a smaller body.',
  },
  frame_too_large: {
    status: 413,
    title: 'A frame is too large',
    when: 'A frame is larger than 2 MiB.',
    next: 'Send frames of at most 2 MiB each.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'Media type not supported',
    when: 'The `Content-Type` is none that the route reads, or a multipart one without a boundary.',
    next: 'Send the media type this route documents.',
  },
  password_refused: {
    status: 422,
    title: 'The password cannot be chosen',
    when: 'It has fewer than 15 characters, is commonly used, expected, or the same as before; `errors` says which.',
    next: 'Choose another one: several unrelated words, or one that a password manager draws.',
  },
  frames_missing: {
    status: 422,
    title: 'No frames in the upload',
    when: 'The multipart body is complete and has no part.',
    next: 'Send 5 to 12 multipart parts named `frames`.',
  },
  too_few_frames: {
    status: 422,
    title: 'Too few frames',
    when: 'Fewer than 5 frames were sent.',
    next: 'Send 5 to 12 frames.',
  },
  too_many_frames: {
    status: 422,
    title: 'Too many frames',
    when: 'More than 12 frames were sent.',
    next: 'Send 5 to 12 frames.',
  },
  frame_too_many_pixels: {
    status: 422,
    title: 'A frame has too many pixels',
    when: 'The header of a frame claims more than 16 megapixels; nothing was decoded.',
    next: 'Send frames of at most 16 megapixels.',
  },
  frame_is_heic: {
    status: 422,
    title: 'A frame is a HEIC picture',
    when: 'A frame is in HEIC, the format iPhones store photographs in; it is not decoded.',
    next: 'Convert the pictures to JPEG and send them again; on the phone: Settings, Camera, Formats, Most Compatible.',
  },
  frame_unreadable: {
    status: 422,
    title: 'A frame is not a readable picture',
    when: 'A frame is no JPEG, PNG or WebP picture, or is damaged or incomplete.',
    next: 'Send complete JPEG, PNG or WebP pictures.',
  },
  unexpected_part: {
    status: 422,
    title: 'A part of the upload is not expected',
    when: 'The multipart body has a field, or a file of another name than `frames`.',
    next: 'Send only file parts named `frames`.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'The Idempotency-Key was used for another request',
    when: 'The same caller sent another request, with other content, to this route under this `Idempotency-Key` in the last 24 hours.',
    next: 'Give every request a key of its own, and send a request again only as it was.',
  },
  webhook_url_refused: {
    status: 422,
    title: 'The URL of the webhook endpoint is refused',
    when: 'The URL is no https URL, carries a user name or password, or names an address inside the network that this installation does not allow (`WEBHOOK_ALLOW`).',
    next: 'Use a public https URL, or ask the operator to allow the address.',
  },
  capture_in_flight: {
    status: 429,
    title: 'Another capture of this subject is in flight',
    when: 'A verification of the same subject was submitted and is not decided yet.',
    next: 'Wait for its decision.',
    retryAfterSeconds: 2,
  },
  attempts_exhausted: {
    status: 429,
    title: 'No verification attempt is left',
    when: 'Too many verifications of the subject were rejected or inconclusive lately, or too many in a row were rejected.',
    next: 'Offer another factor. Wait as long as Retry-After says, or reset the attempts once the person has shown another factor.',
    retryAfterSeconds: 60,
  },
  login_delayed: {
    status: 429,
    title: 'Too many failed logins',
    when: 'Logins to this account or from this address failed too often lately, whether or not the account exists. A device that has logged in before is not delayed by the failures of others.',
    next: 'Wait as long as Retry-After says, or send the `deviceToken` of an earlier login.',
    retryAfterSeconds: 30,
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    when: 'More requests a minute than this caller is allowed on this route.',
    next: 'Wait as long as Retry-After says.',
    retryAfterSeconds: 60,
  },
  simulations_exhausted: {
    status: 429,
    title: 'Too many simulations',
    when: 'One simulation of the tenant is not finished yet, or as many were asked for within an hour as this installation allows (`SIMULATIONS_PER_HOUR`).',
    next: 'Wait for the running one, or as long as Retry-After says.',
    retryAfterSeconds: 60,
  },
  tenant_streams_exhausted: {
    status: 429,
    title: 'Too many event streams of this tenant',
    when: 'The tenant follows as many captures at this API process as one tenant may (`MAX_EVENT_STREAMS_PER_TENANT`).',
    next: 'Close streams that are not needed, or long-poll; try again after Retry-After.',
    retryAfterSeconds: 5,
  },
  internal: {
    status: 500,
    title: 'Something went wrong on our side',
    when: 'A fault of the platform; what happened is in its logs under the `errorId`, and nowhere else.',
    next: 'Report the errorId to the operator.',
  },
  login_busy: {
    status: 503,
    title: 'Too many logins at once',
    when: 'As many passwords are being checked as one process takes.',
    next: 'Try again after Retry-After.',
    retryAfterSeconds: 2,
  },
  overloaded: {
    status: 503,
    title: 'Too many captures are waiting',
    when: 'As many captures are in flight as this installation takes (`MAX_BACKLOG`).',
    next: 'Try again after Retry-After.',
    retryAfterSeconds: 5,
  },
  event_streams_exhausted: {
    status: 503,
    title: 'Too many event streams',
    when: 'As many event streams are open at this API process as it holds (`MAX_EVENT_STREAMS`), or it is closing.',
    next: 'Try again after Retry-After, or long-poll.',
    retryAfterSeconds: 5,
  },
  unavailable: {
    status: 503,
    title: 'A part of the service is not available',
    when: 'The database, the blob store or the queue does not answer.',
    next: 'Try again after Retry-After.',
    retryAfterSeconds: 5,
  },
} as const satisfies Record<string, ErrorMeaning>;

export type ErrorCode = keyof typeof ERROR_CODES;

export function meaningOfCode(code: ErrorCode): ErrorMeaning {
  return ERROR_CODES[code];
}
