#!/usr/bin/env bash
# Runs compare three times on a quiet machine, saves the results in docs/performance, and puts them into docs/performance.md and its chart.
# It builds first and waits before each run for as long as it takes until the load over a minute is below 1; nothing is judged above.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build -c Release Benchmarks --nologo -v q -clp:ErrorsOnly
benchmarks() { dotnet run -c Release --no-build --project Benchmarks -- "$@"; }
files=()
for run in 1 2 3; do
  until awk '{ exit !($1 < 0.9) }' /proc/loadavg; do sleep 5; done
  file="docs/performance/run-$run"
  benchmarks compare --json --marks "$file.marks.json" > "$file.json"
  files+=("$file.json")
done
benchmarks report "${files[@]}"
