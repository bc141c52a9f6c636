#!/bin/sh
# SPDX-License-Identifier: MIT
#
# All repositories of a workspace: each page names the next one, the last page names none.
set -eu
server=${BBGRANT_SERVER:-http://localhost:7990}
key=${BBGRANT_CONSUMER_KEY:-bbgrantDemo2019key}
secret=${BBGRANT_CONSUMER_SECRET:-bbgrant-demo-2019-secret-not-for-production}
pick() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p"; }  # jq -r ".$1", where there is a jq

token=$(curl -sSf -u "$key:$secret" "$server/site/oauth2/access_token" \
  -d grant_type=password -d scope=repository \
  --data-urlencode "username=$BBGRANT_USERNAME" \
  --data-urlencode "password=$BBGRANT_PASSWORD" | pick access_token)

next="$server/2.0/repositories/acme"
while [ -n "$next" ]; do
  page=$(curl -sSf -H "Authorization: Bearer $token" "$next")
  printf '%s\n' "$page" | grep -o '"full_name": *"[^"]*"'
  next=$(printf '%s\n' "$page" | pick next)
done
