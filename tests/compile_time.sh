#!/usr/bin/env bash
# How long the first build of a new crate takes that depends on livekit-sdk, against one that depends on the official
# livekit-api 0.10. Everything is downloaded before the clock runs; each build starts from an empty target folder.
# The two take turns, so that a machine that slows down slows both. Run it on an idle machine.
#
#   tests/compile_time.sh [PAIR…]      default: all of them
#   ROUNDS=3 tests/compile_time.sh     default: 2
#
# Pairs, by where TLS comes from, which is a large part of either build:
#   rustls      what a user of each gets who asks for rustls: here AWS-LC (in C), there ring (in C and assembly)
#   aws-lc      AWS-LC in both
#   native-tls  the system's library in both
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset CARGO_TARGET_DIR CARGO_BUILD_TARGET_DIR RUSTFLAGS

crate() { # folder, dependencies, what main does
  mkdir -p "$1/src"
  cp "$root/Cargo.lock" "$1" # the same versions on both sides, as far as they share crates
  printf '[package]\nname = "consumer"\nversion = "0.0.0"\nedition = "2024"\n[dependencies]\n%s\n[workspace]\n' "$2" >"$1/Cargo.toml"
  echo "fn main() { println!(\"{}\", $3.is_ok()); }" >"$1/src/main.rs"
  cargo fetch --quiet --manifest-path "$1/Cargo.toml"
}

ours() { # pair
  local features=
  [[ $1 != native-tls ]] || features=', default-features = false, features = ["services", "webhooks", "native-tls"]'
  crate "$work/ours" "livekit-sdk = { path = \"$root/livekit-sdk\"$features }" 'livekit_sdk::LiveKit::from_env()'
}

theirs() { # pair
  local features='' more=''
  case $1 in
    rustls) features=', features = ["rustls-tls-native-roots"]' ;;
    native-tls) features=', features = ["native-tls"]' ;;
    aws-lc) more=$'\nreqwest = { version = "0.13", default-features = false, features = ["rustls"] }' ;;
  esac
  crate "$work/theirs" "livekit-api = { version = \"0.10\"$features }$more" 'livekit_api::services::room::RoomClient::new("http://localhost")'
}

# Seconds by the clock, and seconds of processor, of a clean build.
build() { # side
  rm -rf "$work/$1/target"
  local TIMEFORMAT='%R %U %S' times
  if ! times=$({ time cargo build --quiet --manifest-path "$work/$1/Cargo.toml" >"$work/log" 2>&1; } 2>&1); then
    cat "$work/log" >&2
    return 1
  fi
  awk '{ print $1, $2 + $3 }' <<<"$times"
}

measure() { # pair
  ours "$1"
  theirs "$1"
  local round side took
  : >"$work/times"
  for ((round = 1; round <= ${ROUNDS:-2}; round++)); do
    for side in ours theirs; do
      took=$(build "$side")
      echo "$side $took" >>"$work/times"
      # shellcheck disable=SC2086 # two numbers
      printf '%-11s round %d  %-6s  %6.1f s, of processor %6.1f s\n' "$1" "$round" "$side" $took
    done
  done
  awk -v pair="$1" '
    { clock[$1] += $2; cpu[$1] += $3 }
    END { printf "%-11s ours / theirs: %.2f by the clock, %.2f of processor\n", pair, clock["ours"] / clock["theirs"], cpu["ours"] / cpu["theirs"] }
  ' "$work/times"
}

pairs=("$@")
[[ $# -gt 0 ]] || pairs=(rustls aws-lc native-tls)
for pair in "${pairs[@]}"; do
  case $pair in
    rustls | aws-lc | native-tls) measure "$pair" ;;
    *) sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
done
