#!/usr/bin/env bash
# Makes a folder with all that run.sh needs, for Linux machines without .NET: publish.sh FOLDER [linux-x64|linux-arm64]
set -euo pipefail
if [ $# -lt 1 ]; then
  echo "usage: publish.sh FOLDER [linux-x64|linux-arm64]" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
rid=${2:-linux-x64}
publish() { dotnet publish "$root/$1" -c Release -r "$rid" --self-contained -o "$folder/programs" "${@:2}"; }
rm -rf "$folder/programs"
publish tools/align     # one folder, so one copy of .NET for all three
publish tools/bench
publish tests/AlignT2I.Engine.Tests -p:GpuCheck=true
rm -rf "$folder/goldens"
cp -r "$root/tests/goldens" "$folder/goldens"
cp "$here/run.sh" "$folder/"
if [ -f "$root/../shared/bench/torch_peer.py" ]; then
  cp "$root/../shared/bench/torch_peer.py" "$folder/"
fi
echo "$folder is ready: copy it to the machine with the GPU and run ./run.sh there."
