#!/usr/bin/env bash
# Checks and times AlignT2I on this machine's GPU: run.sh [RESULTS_FOLDER [STEP...]], of the steps those whose names begin so
#   1. the libraries                         align doctor
#   2. what no emulation can tell            GpuLibraryTests: plans of the libraries, recordings, the same bits, large sizes
#   3. operations against float64            the other tests of the category Gpu
#   4. recordings of PyTorch                 align parity --device cuda, in float32, bfloat16 and float16
#   5. errors of memory and of order         compute-sanitizer, where it is
#   6. speed                                 bench models and train, and the PyTorch peer where python3 has torch with CUDA
# Writes results.json and the outputs of all steps. Exit code 0: all is well; 1: a check failed; 3: no usable GPU.
# Run from the repository it publishes itself first, which needs the .NET SDK; from a folder of publish.sh it needs nothing.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
results=${1:-gpu-check-results}
mkdir -p "$results" || exit 2
results=$(cd "$results" && pwd)
if [ ! -x "$here/programs/align" ]; then
  bash "$here/publish.sh" "$results/published" > "$results/publish.log" 2>&1 || { tail -20 "$results/publish.log" >&2; exit 2; }
  exec bash "$results/published/run.sh" "$results" "${@:2}"
fi

failed=()
only=("${@:2}")
wanted() {      # NAME: whether a step was asked for
  local name=$1 start
  [ ${#only[@]} -eq 0 ] && return 0
  for start in "${only[@]}"; do
    [[ $name == "$start"* ]] && return 0
  done
  return 1
}
step() {        # NAME COMMAND...: runs it, keeps its output, notes how it ended
  local name=$1 start=$SECONDS status
  wanted "$name" || return 0
  shift
  "$@" > "$results/$name.log" 2>&1
  status=$?
  [ "$status" -eq 0 ] || failed+=("$name")
  printf '%-22s %-7s %5d s   %s\n' "$name" "$([ "$status" -eq 0 ] && echo ok || echo FAILED)" $((SECONDS - start)) "$results/$name.log"
  return "$status"
}

"$here/programs/align" doctor --json > "$results/doctor.json"
"$here/programs/align" doctor > "$results/doctor.log"
if grep -qE '^  (NVIDIA driver|NVRTC|cuBLASLt|cuDNN) +(missing|unusable)' "$results/doctor.log"; then
  cat "$results/doctor.log" >&2
  exit 3
fi
sed -n 's/.*"name": "\(.*\)",/\1/p' "$results/doctor.json" | head -1

tests() {       # NAME FILTER: tests of the category Gpu
  wanted "$1" || return 0
  step "$1" "$here/programs/AlignT2I.Engine.Tests" --filter "TestCategory=Gpu&$2" --results-directory "$results"
  grep -qE 'succeeded: [1-9]' "$results/$1.log" || failed+=("$1: none ran")
}
tests tests-libraries 'FullyQualifiedName~GpuLibraryTests'
tests tests-operations 'FullyQualifiedName!~GpuLibraryTests'

goldens() {     # DTYPE PATTERN COMPONENT...: the recordings of these components, but for names with the pattern
  local dtype=$1 without=$2 files=()
  shift 2
  for component in "$@"; do
    for file in "$here/goldens/$component"/*.safetensors; do
      [[ -n $without && $file == *$without* ]] || files+=("$file")
    done
  done
  "$here/programs/align" parity "${files[@]}" --device cuda --dtype "$dtype"
}
networks=(unet vae clip-text clip-vision pipeline)
step goldens-float32 goldens float32 "" "${networks[@]}" reward finetune inception optim
step goldens-bfloat16 goldens bfloat16 "" "${networks[@]}"
# eps-probe tells a normalization's epsilon by values that binary16 cannot hold.
step goldens-float16 goldens float16 eps-probe "${networks[@]}"

if command -v compute-sanitizer > /dev/null; then
  for tool in memcheck initcheck synccheck racecheck; do
    step "sanitizer-$tool" compute-sanitizer --tool "$tool" --error-exitcode 9 "$here/programs/AlignT2I.Engine.Tests" \
      --filter 'TestCategory=Gpu&Name~Every_operation' --results-directory "$results"
  done
else
  echo "compute-sanitizer is not here; its checks are left out."
fi

for command in models train; do
  step "bench-$command" "$here/programs/bench" "$command" --device cuda --dtype bfloat16 --seconds 8 --json --anyway
done
grep -hs '^{' "$results/bench-models.log" "$results/bench-train.log" > "$results/bench.jsonl"
: > "$results/peer.jsonl"
if [ -f "$here/torch_peer.py" ] && python3 -c 'import torch; assert torch.cuda.is_available()' 2> /dev/null; then
  step peer python3 "$here/torch_peer.py" --device cuda
  grep -s '"name"' "$results/peer.log" > "$results/peer.jsonl"
else
  echo "python3 has no torch with CUDA; the peer is left out."
fi

# Per case: our median, the peer's best median, and how many times the peer's time ours is.
awk '
  function field(line, key,    at) {
    at = index(line, "\"" key "\":")
    if (at == 0) return ""
    line = substr(line, at + length(key) + 3)
    sub(/^ */, "", line)
    sub(/^"/, "", line)
    sub(/[",}].*/, "", line)
    return line
  }
  FNR == NR { name = field($0, "name"); ms[name] = field($0, "ms_median"); order[++n] = name; next }
  { name = field($0, "name"); t = field($0, "ms_median") + 0; if (!(name in peer) || t < peer[name]) { peer[name] = t; mode[name] = field($0, "mode") } }
  END {
    for (i = 1; i <= n; i++) {
      name = order[i]
      if (name in peer) printf "{\"name\": \"%s\", \"ms\": %s, \"peer_ms\": %s, \"peer_mode\": \"%s\", \"ratio\": %.3f}\n", name, ms[name], peer[name], mode[name], ms[name] / peer[name]
      else printf "{\"name\": \"%s\", \"ms\": %s}\n", name, ms[name]
    }
  }' "$results/bench.jsonl" "$results/peer.jsonl" > "$results/ratios.jsonl"
cat "$results/ratios.jsonl"

{
  echo '{'
  echo "\"date\": \"$(date -u +%F)\","
  echo "\"failed\": [$(for name in ${failed[@]+"${failed[@]}"}; do printf '"%s",' "$name"; done | sed 's/,$//')],"
  echo '"machine":'
  cat "$results/doctor.json"
  for part in bench peer ratios; do
    echo ", \"$part\": ["
    paste -sd, "$results/$part.jsonl"
    echo ']'
  done
  echo '}'
} > "$results/results.json"
echo "$results/results.json"
[ ${#failed[@]} -eq 0 ]
