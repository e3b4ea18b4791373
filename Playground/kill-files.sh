#!/usr/bin/env bash
# Copies a directory with the files example while ending it at random moments, and checks that the copy holds every line exactly
# once, in order per file.
#
#   Playground/kill-files.sh [--kills N] [--lines N] [--files N] [--workers "1 3 2"] [--signal KILL|TERM] [--keep]
#
# --workers gives each start the next number of the list. With TERM, what the runs say they have read and written must add up to
# the lines exactly: nothing was done twice. --seed repeats the moments, as far as the machine lets them repeat.
set -euo pipefail

kills=100 lines=1000000 files=5 workers="1 3 2" signal=KILL keep=false seed=$RANDOM playground=
while [ $# -gt 0 ]; do
  case "$1" in
    --kills) kills=$2; shift 2 ;;
    --lines) lines=$2; shift 2 ;;
    --files) files=$2; shift 2 ;;
    --workers) workers=$2; shift 2 ;;
    --signal) signal=$2; shift 2 ;;
    --seed) seed=$2; shift 2 ;;
    --playground) playground=$2; shift 2 ;;
    --keep) keep=true; shift ;;
    *) echo "Unknown option '$1'." >&2; exit 2 ;;
  esac
done
case "$signal" in KILL | TERM) ;; *) echo "--signal must be KILL or TERM; it is '$signal'." >&2; exit 2 ;; esac

if [ -z "$playground" ]; then
  root=$(cd "$(dirname "$0")/.." && pwd)
  dotnet build "$root/Playground" -c Release -v quiet --nologo >&2
  playground=$root/artifacts/bin/Playground/release/Playground.dll
fi

work=$(mktemp -d)
$keep && echo "Working in $work" >&2 || trap 'rm -rf "$work"' EXIT
RANDOM=$seed
per_file=$((lines / files))
mkdir "$work/in" "$work/copied"
for i in $(seq "$files"); do
  # Lines of different lengths, some empty, some not in ASCII, and the last one without a newline.
  seq "$per_file" | awk -v f="$i" '{ n = ($1 * 7919 + f) % 97; s = ""; for (k = 0; k < n / 8; k++) s = s "däta-" k; print ($1 % 50 != 1 ? $1 " of " f " " s : "") }' |
    head -c -1 > "$work/in/file-$i.txt"
done
total=$((per_file * files))

# Slow enough that every start finds something left to do; the last one has no limit.
rate=$((total / kills * 7 / 10))
read -ra worker_list <<< "$workers"
log=$work/log reports=$work/reports
: > "$reports"
killed=0 resuming=0 ended=0 start=0

# Arguments: the number of the start, and more options.
copy() {
  local n=$1
  shift
  # Every third start commits without a pause, so that many a kill meets a commit.
  local epoch=$(( n % 3 == 0 ? 1 : 20 ))
  exec dotnet "$playground" files --in "$work/in" --out "$work/out" --recovery "$work/recovery" --json \
    --epoch-ms "$epoch" --workers "${worker_list[$((n % ${#worker_list[@]}))]}" "$@"
}

while [ "$killed" -lt "$kills" ]; do
  : > "$log"
  (copy "$start" --rate "$rate") > "$work/report" 2> "$log" &
  child=$!
  start=$((start + 1))
  sleep "$((RANDOM % 2)).$(printf '%03d' $((RANDOM % 1000)))"
  finished=false
  if kill "-$signal" "$child" 2> /dev/null; then killed=$((killed + 1)); else finished=true; fi
  code=0
  wait "$child" 2> /dev/null || code=$?
  grep -q "resumed from" "$log" || resuming=$((resuming + 1))
  cat "$work/report" >> "$reports"
  case "$code" in
    0) ended=$((ended + 1)) ;;
    137 | 143) ;; # killed; or told to end before it had begun to listen
    *) echo "Start $start ended with exit code $code:" >&2; cat "$log" >&2; exit 1 ;;
  esac
  if $finished; then break; fi
done
code=0
(copy "$start") > "$work/report" 2> "$log" || code=$?
cat "$work/report" >> "$reports"
if [ "$code" -ne 0 ]; then echo "The last start ended with exit code $code:" >&2; cat "$log" >&2; exit 1; fi

# Each line of the copy goes to the file that it names.
awk -v dir="$work/copied" -F '\t' '{ print substr($0, length($1) + 2) > (dir "/" $1) }' "$work/out"
wrong=0
for i in $(seq "$files"); do
  echo >> "$work/in/file-$i.txt"
  cmp "$work/in/file-$i.txt" "$work/copied/file-$i.txt" >&2 || wrong=$((wrong + 1))
done
written=$(wc -l < "$work/out")
echo "$killed signals $signal over $((start + 1)) starts, $resuming before the run had said from where it resumes, $ended ended by themselves;" \
  "workers $workers; seed $seed; $total lines in $files files, $written in the copy, $wrong files differ." >&2

if [ "$signal" = TERM ]; then
  sum() { { grep -o "\"$1\":[0-9]*" "$reports" || true; } | cut -d: -f2 | paste -sd+ | bc; }
  echo "The runs say that they have read $(sum items) and written $(sum written)." >&2
  [ "$(sum items)" -eq "$total" ] && [ "$(sum written)" -eq "$total" ] || wrong=$((wrong + 1))
fi
if [ "$killed" -lt "$kills" ]; then
  echo "All was copied after $killed signals; give it more --lines." >&2
  exit 1
fi
if [ "$wrong" -ne 0 ] || [ "$written" -ne "$total" ]; then
  echo "NOT exactly once." >&2
  exit 1
fi
echo "exactly once"
