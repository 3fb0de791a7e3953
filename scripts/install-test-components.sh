#!/usr/bin/env bash
# Installs what some tests need beside Node: Amazon's DynamoDB Local (Maven Central; needs Java 17). Tests that miss it
# are skipped and say so; continuous integration runs this first, so that none is.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v java >/dev/null || ! command -v mvn >/dev/null; then
  if ! command -v apt-get >/dev/null; then
    echo "Install Java 17 and Maven first." >&2
    exit 1
  fi
  apt-get update -q
  apt-get install -y -q --no-install-recommends openjdk-17-jre-headless maven
fi

components=.components/dynamodb-local
if [ ! -e "$components/.complete" ]; then
  mvn -q -B -f test/components/pom.xml dependency:copy-dependencies -DoutputDirectory="$PWD/$components"
  touch "$components/.complete"
fi
echo "DynamoDB Local is in $components"
