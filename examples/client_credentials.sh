#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A token of the program's own, without a user: for machines.
set -eu
server=${BBGRANT_SERVER:-http://localhost:7990}
key=${BBGRANT_CONSUMER_KEY:-bbgrantDemo2019key}
secret=${BBGRANT_CONSUMER_SECRET:-bbgrant-demo-2019-secret-not-for-production}
pick() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p"; }  # jq -r ".$1", where there is a jq

token=$(curl -sSf -u "$key:$secret" "$server/site/oauth2/access_token" \
  -d grant_type=client_credentials -d scope=repository | pick access_token)

curl -sSf -H "Authorization: Bearer $token" "$server/2.0/repositories/acme?pagelen=1"
