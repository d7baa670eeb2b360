#!/usr/bin/env bash
# Measures what docs/performance.md states, three separate times, and prints its table: performance.sh OUTPUT [PEER COMMAND...]
# The machine must be idle; a row that others disturbed is marked. With a peer (see peers.sh) it takes about ten minutes on two cores.
# Writes OUTPUT/ours.jsonl, OUTPUT/peer.jsonl, OUTPUT/steps.jsonl and OUTPUT/table.md.
set -uo pipefail
if [ $# -lt 1 ]; then
  echo "usage: performance.sh OUTPUT [PEER COMMAND...]" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
bench=$here/bin/Release/net10.0/bench
dotnet build -c Release "$here" > /dev/null || { echo "tools/bench does not build: dotnet build -c Release tools/bench" >&2; exit 2; }
output=$1
shift
mkdir -p "$output" || exit 2
rm -f "$output"/{ours,peer,steps}.jsonl "$output/table.md"
status=0
operations=()
for name in peak_fma gemm_ conv_3x3_320_64x64_b1 conv_3x3_640_32x32_b1 conv_3x3_1280_16x16_b1 conv_3x3_1280_8x8_b1 \
  attention_8x4096x4096_d40 attention_train_8x4096x4096_d40 groupnorm_silu_320x64x64 geglu_ adamw_100m \
  memory_read_l3 memory_triad_stream_dram; do
  operations+=(--filter "$name")
done
for run in 1 2 3; do
  echo "run $run of 3, operations" >&2
  "$bench" ops "${operations[@]}" --seconds 0.5 --json --anyway >> "$output/ours.jsonl" || status=1
  "$here/peers.sh" 1 "$output" "$@" || status=1
done
echo "updates of finetune" >&2
"$bench" train --filter finetune_step --runs 2 --seconds 0 --json --anyway > "$output/steps.jsonl" || status=1
peer=()
[ ! -s "$output/peer.jsonl" ] || peer=(--peer "$output/peer.jsonl")
{
  "$bench" goals "$output/ours.jsonl" ${peer[@]+"${peer[@]}"} || status=1
  echo
  cat "$output/steps.jsonl"
} | tee "$output/table.md"
exit "$status"
