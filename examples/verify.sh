#!/usr/bin/env bash
# One liveness capture with curl. Needs API, CLIENT_ID, CLIENT_SECRET; RECORD is called with the actions and prints the frames' paths.
set -euo pipefail
field() { node -pe "JSON.parse(fs.readFileSync(0)).$1"; }
call() { curl -sS --fail-with-body --retry 3 -H "authorization: Bearer $TOKEN" "$@"; }

TOKEN=$(curl -sS --fail-with-body "$API/v1/oauth/token" -u "$CLIENT_ID:$CLIENT_SECRET" -d grant_type=client_credentials | field access_token)
ID=$(call "$API/v1/captures" -H 'content-type: application/json' -H "idempotency-key: $(node -p 'crypto.randomUUID()')" \
  -d '{"purpose":"liveness","relyingPartyNonce":"order-4711"}' | field id)
ACTIONS=$(call -X POST "$API/v1/captures/$ID/start" | field 'actions.join()')
FRAMES=()
for FRAME in $("$RECORD" "$ACTIONS"); do FRAMES+=(-F "frames=@$FRAME"); done
call "$API/v1/captures/$ID/frames" "${FRAMES[@]}" > /dev/null
STATE=
until [[ $STATE =~ ^(decided|expired|cancelled)$ ]]; do STATE=$(call "$API/v1/captures/$ID?wait=20" | field state); done
call "$API/v1/captures/$ID" | field decision.outcome
call "$API/v1/captures/$ID/receipt" > receipt.jwt
