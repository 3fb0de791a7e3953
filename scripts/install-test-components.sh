#!/usr/bin/env bash
# Installs what some tests need beside Node: Amazon's DynamoDB Local (Maven Central; needs Java 17), and moto with the
# AWS CLI and cfn-lint (PyPI; need Python 3.10 or newer), a browser (Chromium) and a TURN server (coturn), and what infra/
# depends on. Tests that miss one are skipped and say so; continuous integration runs this first, so that none is.
set -euo pipefail
cd "$(dirname "$0")/.."

install_packages() {
  if ! command -v apt-get >/dev/null; then
    echo "Install first: $*" >&2
    exit 1
  fi
  apt-get update -q
  apt-get install -y -q --no-install-recommends "$@"
}

if ! command -v java >/dev/null || ! command -v mvn >/dev/null; then
  install_packages openjdk-17-jre-headless maven
fi

components=.components/dynamodb-local
if [ ! -e "$components/.complete" ]; then
  mvn -q -B -f test/components/pom.xml dependency:copy-dependencies -DoutputDirectory="$PWD/$components"
  touch "$components/.complete"
fi
echo "DynamoDB Local is in $components"

# ensurepip is what Debian's python3 lacks without python3-venv.
if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
  install_packages python3 python3-venv
fi

components=.components/moto
if ! cmp -s test/components/requirements.txt "$components/.complete"; then
  python3 -m venv --clear "$components"
  "$components/bin/pip" install -q --disable-pip-version-check -r test/components/requirements.txt
  cp test/components/requirements.txt "$components/.complete"
fi
echo "moto and the AWS CLI are in $components"

components=.components/cfn-lint
if [ ! -e "$components/.complete" ]; then
  python3 -m venv --clear "$components"
  "$components/bin/pip" install -q --disable-pip-version-check cfn-lint==1.51.0
  touch "$components/.complete"
fi
echo "cfn-lint is in $components"

if [ -z "${CHROMIUM_PATH:-}" ] && ! command -v chromium chromium-browser google-chrome >/dev/null; then
  install_packages chromium
fi

if ! command -v turnserver >/dev/null; then
  # Debian starts what it installs, now and at each boot. Tests start one of their own.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
  fi
  install_packages coturn
  systemctl disable coturn >/dev/null 2>&1 || true
fi
echo "A browser and coturn are installed"

(cd infra && npm ci)
