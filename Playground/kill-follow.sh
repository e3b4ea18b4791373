#!/usr/bin/env bash
# Follows a directory of logs that are written at full speed and rotated every 50 ms, some by renaming, some by copying and truncating,
# while the flow is killed at random moments. Checks that each line comes exactly once and in order, save those that copying and
# truncating itself destroys: they were written after the copy and before the cut, and are counted.
#
#   Playground/kill-follow.sh [--kills N] [--logs N] [--burst N] [--keep]
#
# --logs is the number of logs of each kind, --burst that of the lines that are written between two rotations. --seed repeats the
# moments, as far as the machine lets them repeat.
set -euo pipefail
trap 'echo "kill-follow.sh: a command failed in line $LINENO." >&2' ERR

kills=50 logs=2 burst=2000 keep=false seed=$RANDOM playground=
while [ $# -gt 0 ]; do
  case "$1" in
    --kills) kills=$2; shift 2 ;;
    --logs) logs=$2; shift 2 ;;
    --burst) burst=$2; shift 2 ;;
    --seed) seed=$2; shift 2 ;;
    --playground) playground=$2; shift 2 ;;
    --keep) keep=true; shift ;;
    *) echo "Unknown option '$1'." >&2; exit 2 ;;
  esac
done

if [ -z "$playground" ]; then
  root=$(cd "$(dirname "$0")/.." && pwd)
  dotnet build "$root/Playground" -c Release -v quiet --nologo >&2
  playground=$root/artifacts/bin/Playground/release/Playground.dll
fi

work=$(mktemp -d)
clean() {
  touch "$work/stop"
  wait 2> /dev/null || true
  $keep && echo "All is in $work" >&2 || rm -rf "$work"
}
trap clean EXIT
RANDOM=$seed
mkdir "$work/in"

# Arguments: a number of microseconds since a moment, and that moment. Returns when they have passed.
pass() {
  while [ "$((${EPOCHREALTIME/[.,]/} - $2))" -lt "$1" ]; do sleep 0.002; done
}

# One write for each hundred lines, so that whole lines are written.
write_burst() {
  local i block
  for ((i = 0; i < burst; i += 100)); do
    eval "printf -v block '%d .\n' {$((written + 1))..$((written + 100))}"
    printf %s "$block" >&3
    written=$((written + 100))
  done
}

# A file has been closed for some time when the next one is made, so that the times of the two tell which was first.
renamed() {
  local log=$work/in/$1.log written=0 rotation=0 began
  while [ ! -e "$work/stop" ]; do
    began=${EPOCHREALTIME/[.,]/}
    exec 3>> "$log"
    write_burst
    exec 3>&-
    pass 50000 "$began"
    [ -e "$work/stop" ] || mv "$log" "$log.$((++rotation))"
  done
  echo "$written" > "$work/$1.written"
}

copied() {
  local log=$work/in/$1.log written=0 began
  exec 3>> "$log"
  while [ ! -e "$work/stop" ]; do
    began=${EPOCHREALTIME/[.,]/}
    write_burst
    pass 50000 "$began"
  done
  echo "$written" > "$work/$1.written"
}

copy_and_truncate() {
  local log=$work/in/$1.log rotation=0 began
  while [ ! -e "$work/stop" ]; do
    began=${EPOCHREALTIME/[.,]/}
    cp "$log" "$log.$((++rotation))"
    : > "$log"
    pass 50000 "$began"
  done
}

for i in $(seq "$logs"); do
  : > "$work/in/renamed$i.log"
  : > "$work/in/copied$i.log"
  renamed "renamed$i" &
  copied "copied$i" &
  copy_and_truncate "copied$i" &
done

log=$work/log
follow() {
  exec dotnet "$playground" files --follow --in "$work/in" --out "$work/out" --recovery "$work/recovery" --json \
    --epoch-ms "$1" --workers "$2" > "$work/report" 2> "$log"
}

size() { stat -c %s "$work/out" 2> /dev/null || echo 0; }

# Waits until the copy has grown, at most so many seconds.
grown() {
  local before i
  before=$(size)
  for ((i = 0; i < $1 * 20; i++)); do
    if [ "$(size)" -ne "$before" ]; then return; fi
    sleep 0.05
  done
}

for start in $(seq "$kills"); do
  follow "$((start % 3 == 0 ? 1 : 20))" "$((start % 3 + 1))" &
  child=$!

  # Mostly it is killed while it copies, and now and then at any moment.
  if [ "$((start % 4))" -ne 0 ]; then grown 10; fi
  sleep "0.$(printf '%03d' $((RANDOM % 1000)))"
  if ! kill -KILL "$child" 2> /dev/null; then
    echo "Start $start ended by itself:" >&2; cat "$log" >&2; exit 1
  fi
  wait "$child" 2> /dev/null || true
done

touch "$work/stop"
while [ "$(find "$work" -maxdepth 1 -name '*.written' | wc -l)" -lt "$((2 * logs))" ]; do sleep 0.1; done
sleep 0.2

# What is still there of each log: its whole lines, by number.
still_there() {
  { cat "$work/in/$1.log" "$work/in/$1.log".* 2> /dev/null || true; } | { grep -x '[0-9]* \.' || true; } | LC_ALL=C sort -u
}
come() {
  awk -F "\t" -v name="$1.log" '$1 == name && $2 ~ /^[0-9]+ \.$/ { print $2 }' "$work/out"
}

# The last start is told to end when the copy has not grown for three seconds.
follow 20 3 &
child=$!
grown 30
before=-1
while now=$(size); [ "$now" -ne "$before" ]; do before=$now; sleep 3; done
kill -TERM "$child"
code=0
wait "$child" || code=$?
if [ "$code" -ne 0 ]; then echo "The last start ended with exit code $code:" >&2; cat "$log" >&2; exit 1; fi

wrong=0 all=0 destroyed=0
for kind in renamed copied; do
  for i in $(seq "$logs"); do
    name=$kind$i
    written=$(cat "$work/$name.written")
    come "$name" > "$work/come"
    sort -n -u "$work/come" > "$work/once"
    cmp -s "$work/come" "$work/once" || { echo "$name: a line came twice, or out of order." >&2; wrong=$((wrong + 1)); }
    lost=$(still_there "$name" | LC_ALL=C comm -13 <(LC_ALL=C sort "$work/once") - | wc -l)
    [ "$lost" -eq 0 ] || { echo "$name: $lost lines that are still there did not come." >&2; wrong=$((wrong + 1)); }
    missing=$((written - $(wc -l < "$work/once")))
    if [ "$kind" = renamed ] && [ "$missing" -ne 0 ]; then
      echo "$name: $missing of $written lines did not come." >&2; wrong=$((wrong + 1))
    fi
    all=$((all + written)) destroyed=$((destroyed + missing))
  done
done
rotations=$(find "$work/in" -name '*.log.*' | wc -l)
echo "$kills kills; seed $seed; $all lines in $((2 * logs)) logs, rotated $rotations times; copying and truncating destroyed $destroyed lines." >&2
if [ "$wrong" -ne 0 ]; then
  keep=true
  echo "NOT exactly once." >&2
  exit 1
fi
echo "exactly once"
