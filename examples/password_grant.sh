#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Gets a token with the resource owner's password, then asks the API who that is.
#
# This grant hands your password to the app. RFC 9700 says it must not be used, OAuth 2.1 leaves it
# out and Bitbucket Cloud has switched it off; use it to learn, to test, or to leave it.
set -eu
server=${BBGRANT_SERVER:-http://localhost:7990}
key=${BBGRANT_CONSUMER_KEY:-bbgrantDemo2019key}
secret=${BBGRANT_CONSUMER_SECRET:-bbgrant-demo-2019-secret-not-for-production}
pick() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p"; }  # jq -r ".$1", where there is a jq

token=$(curl -sSf -u "$key:$secret" "$server/site/oauth2/access_token" \
  -d grant_type=password -d scope=account \
  --data-urlencode "username=$BBGRANT_USERNAME" \
  --data-urlencode "password=$BBGRANT_PASSWORD" | pick access_token)

curl -sSf -H "Authorization: Bearer $token" "$server/2.0/user"
