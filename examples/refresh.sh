#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A fresh access token from the refresh token: no password is needed any more.
set -eu
server=${BBGRANT_SERVER:-http://localhost:7990}
key=${BBGRANT_CONSUMER_KEY:-bbgrantDemo2019key}
secret=${BBGRANT_CONSUMER_SECRET:-bbgrant-demo-2019-secret-not-for-production}
pick() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p"; }  # jq -r ".$1", where there is a jq

answer=$(curl -sSf -u "$key:$secret" "$server/site/oauth2/access_token" \
  -d grant_type=password -d scope=account \
  --data-urlencode "username=$BBGRANT_USERNAME" \
  --data-urlencode "password=$BBGRANT_PASSWORD")
refresh=$(printf '%s\n' "$answer" | pick refresh_token)

answer=$(curl -sSf -u "$key:$secret" "$server/site/oauth2/access_token" \
  -d grant_type=refresh_token -d "refresh_token=$refresh")
# A server that rotates sends a new one: keep that, the old one is spent.
refresh=$(printf '%s\n' "$answer" | pick refresh_token)
token=$(printf '%s\n' "$answer" | pick access_token)

curl -sSf -H "Authorization: Bearer $token" "$server/2.0/user"
