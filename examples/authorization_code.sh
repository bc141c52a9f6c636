#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The way off the password grant, for people: the browser asks them, the app never sees a password.
# Paste the address that the browser ends at.
set -eu
server=${BBGRANT_SERVER:-http://localhost:7990}
key=${BBGRANT_CONSUMER_KEY:-bbgrantDemo2019key}
secret=${BBGRANT_CONSUMER_SECRET:-bbgrant-demo-2019-secret-not-for-production}
callback=${BBGRANT_CALLBACK:-http://localhost:3000/oauth-callback}
pick() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p"; }  # jq -r ".$1", where there is a jq
base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

state=$(openssl rand 32 | base64url)
verifier=$(openssl rand 32 | base64url)
challenge=$(printf %s "$verifier" | openssl dgst -sha256 -binary | base64url)

echo "Open $server/site/oauth2/authorize?response_type=code&client_id=$key&scope=account\
&redirect_uri=$callback&state=$state&code_challenge=$challenge&code_challenge_method=S256"
echo "Then paste the address here:"
read -r address

# Whoever cannot show our state did not come from us.
case "$address&" in *[?\&]state="$state"\&*) ;; *) echo "Wrong state" >&2; exit 1 ;; esac
code=$(printf %s "$address" | sed -n 's/.*[?&]code=\([^&#]*\).*/\1/p')

token=$(curl -sSf -u "$key:$secret" "$server/site/oauth2/access_token" \
  -d grant_type=authorization_code -d "code=$code" -d "code_verifier=$verifier" \
  --data-urlencode "redirect_uri=$callback" | pick access_token)

curl -sSf -H "Authorization: Bearer $token" "$server/2.0/user"
