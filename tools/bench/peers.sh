#!/usr/bin/env bash
# Times the networks and training steps of bench and of a peer in turn, case by case: peers.sh ROUNDS OUTPUT [PEER COMMAND...]
# Every round runs each case with a fresh process of each, so that what the machine does meanwhile meets both. The peer's command is
# called with '--filter CASE --reps 3' added and prints JSON lines as bench does; without one bench is timed alone.
# Writes OUTPUT/ours.jsonl and OUTPUT/peer.jsonl, one line a round and case. Build bench first: dotnet build -c Release tools/bench
set -uo pipefail
if [ $# -lt 2 ] || ! [[ $1 =~ ^[1-9][0-9]?$ ]]; then
  echo "usage: peers.sh ROUNDS OUTPUT [PEER COMMAND...], 1 to 99 rounds" >&2
  exit 2
fi
rounds=$1 output=$2
shift 2
bench=$(cd "$(dirname "$0")" && pwd)/bin/Release/net10.0/bench
[ -x "$bench" ] || { echo "$bench is not there: dotnet build -c Release tools/bench" >&2; exit 2; }
mkdir -p "$output" || exit 2
cases=(
  "models unet_fwd_64x64_b1"
  "models unet_fwd_32x32_b1"
  "train unet_train_32x32_b1"
  "models vae_decoder_64x64_to_512x512"
  "models clip_vision_b1"
  "models clip_text_b1"
  "models tiny_unet_fwd_b32"
  "train tiny_unet_train_step_b32"
)
status=0
for ((round = 1; round <= rounds; round++)); do
  for entry in "${cases[@]}"; do
    read -r command name <<< "$entry"
    echo "round $round of $rounds, $name" >&2
    "$bench" "$command" --filter "$name" --runs 3 --seconds 0.5 --json --anyway >> "$output/ours.jsonl" || status=1
    [ $# -eq 0 ] || "$@" --filter "$name" --reps 3 | grep '"name"' >> "$output/peer.jsonl"
  done
done
exit "$status"
