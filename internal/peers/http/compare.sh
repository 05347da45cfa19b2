#!/usr/bin/env bash
# Requests a second of our server, of one that only decodes, and of the peers,
# which take turns: one PNG a request, 64 connections, the load from the same
# cores; then with pauses that make it half as many.
#
#     PEERS=DIR internal/peers/http/compare.sh [ROUNDS [SECONDS]]
set -euo pipefail
cd "$(dirname "$0")/../../.."
export PEERS PORT=${PORT:-18090} WEIGHTS=$PWD/weights/simple.safetensors
rounds=${1:-5} seconds=${2:-10}
make build >/dev/null
(cd internal/peers/ort && go build -o "$PEERS/serve" ./serve)
go build -o "$PEERS/decode" ./internal/peers/http/decode
cat >"$PEERS/post.lua" <<LUA
local f = io.open("$PWD/api/examples/seven.png", "rb")
wrk.method, wrk.body = "POST", f:read("*all")
f:close()
local pause = tonumber(os.getenv("PAUSE") or "0") -- milliseconds, in the mean
if pause > 0 then
  function delay() return math.random(0, 2 * pause) end
end
LUA

start() {
  case $1 in
  ours) exec bin/server --addr "127.0.0.1:$PORT" --weights "$WEIGHTS" --drain-delay 0s ;;
  go-decoding-only) exec "$PEERS/decode" "127.0.0.1:$PORT" ;;
  go-onnxruntime) exec "$PEERS/serve" "127.0.0.1:$PORT" ;;
  node-onnxruntime) exec node internal/peers/http/serve.js "$PORT" ;;
  fastapi-torch) cd internal/peers/http && exec /usr/bin/python3 -m uvicorn serve:app --port "$PORT" --workers 2 --log-level error --no-access-log ;;
  esac
}

# processor time of a process and its children, in hundredths of a second
used() {
  local sum=0 pid
  for pid in $1 $(pgrep -P "$1") $(pgrep -P "$1" | xargs -rn1 pgrep -P); do
    sum=$((sum + $(awk '{sub(/.*\) /, ""); print $12 + $13}' "/proc/$pid/stat")))
  done
  echo "$sum"
}

for ((round = 1; round <= rounds; round++)); do
  for peer in ours go-decoding-only go-onnxruntime node-onnxruntime fastapi-torch; do
    (start "$peer") >/dev/null 2>&1 &
    pid=$!
    until curl -sf --data-binary @api/examples/seven.png -o /dev/null "localhost:$PORT/predict"; do sleep 0.1; done
    load() { wrk -t2 -c64 -d"$1s" --latency -s "$PEERS/post.lua" "http://127.0.0.1:$PORT/predict"; }
    load 2 >/dev/null
    before=$(used $pid)
    load "$seconds" >"$PEERS/wrk"
    rate=$(awk '/Requests\/sec/ { print $2 }' "$PEERS/wrk")
    awk -v name="$peer" -v cpu=$(($(used $pid) - before)) '
      $1 == "50%" { p50 = $2 } $1 == "99%" { p99 = $2 } /requests in/ { n = $1 } /Requests\/sec/ { rate = $2 } /Non-2xx|Socket/ { bad = $0 }
      END { printf "%-18s %7.0f requests/s  p50 %9s  p99 %9s  %6.1f us of the server each %s\n", name, rate, p50, p99, cpu * 1e4 / n, bad }' "$PEERS/wrk"
    PAUSE=$(awk "BEGIN { print int(64 * 2000 / $rate + 0.5) }") load "$seconds" >"$PEERS/wrk"
    awk -v name="  at half of it" '
      $1 == "50%" { p50 = $2 } $1 == "99%" { p99 = $2 } /Requests\/sec/ { rate = $2 } /Non-2xx|Socket/ { bad = $0 }
      END { printf "%-18s %7.0f requests/s  p50 %9s  p99 %9s %s\n", name, rate, p50, p99, bad }' "$PEERS/wrk"
    kill $pid && wait $pid 2>/dev/null || true
    while curl -s -o /dev/null "localhost:$PORT/"; do sleep 0.1; done
  done
done
