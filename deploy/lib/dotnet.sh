# Sourced after packages.sh: finding the .NET 10 SDK, and building where the caller may write.
# shellcheck shell=bash
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false

find_sdk() { # puts dotnet on the PATH and its folder into DOTNET_ROOT
  local folder
  for folder in "${DOTNET_ROOT:-}" "$(dirname "$(readlink -f "$(command -v dotnet || true)")" 2>/dev/null || true)" \
    /usr/share/dotnet /usr/lib/dotnet /usr/lib64/dotnet /opt/dotnet "${HOME:-/root}/.dotnet"; do
    if [ -x "$folder/dotnet" ] && grep -q '^10\.' <<<"$("$folder/dotnet" --list-sdks 2>/dev/null)"; then
      export DOTNET_ROOT=$folder PATH="$folder:$PATH"
      return 0
    fi
  done
  if grep -q '^Package:' <<<"$(apt-cache show dotnet-sdk-10.0 2>/dev/null)"; then
    fail "The .NET 10 SDK is missing. Get it with" "sudo apt-get install -y dotnet-sdk-10.0" "and run this again."
  else
    fail "The .NET 10 SDK is missing. Get it with" \
      "curl -fsSL https://dot.net/v1/dotnet-install.sh -o dotnet-install.sh" \
      "sudo bash dotnet-install.sh --channel 10.0 --install-dir /usr/share/dotnet" \
      "and run this again. (Without sudo: leave --install-dir away, it goes to ~/.dotnet and is found there.)" \
      "Packages for each distribution: https://learn.microsoft.com/dotnet/core/install/linux"
  fi
}

# A clone that somebody else has built in, or that is read-only: build in a cache of our own.
build_arguments() { # sets BUILD (arguments for dotnet) and OUTPUT (a function of project and configuration)
  local folder
  BUILD=()
  for folder in . SispiAgent SispiAgent/obj SispiAgent/bin SispiAgent.Tests SispiAgent.Tests/obj SispiAgent.Tests/bin; do
    if [ -e "$folder" ] && { [ ! -w "$folder" ] || [ -n "$(find "$folder" -maxdepth 2 -path '*/obj/*' ! -writable -print -quit 2>/dev/null)" ]; }; then
      BUILD=(--artifacts-path "${XDG_CACHE_HOME:-$HOME/.cache}/sispi-agent/$(pwd | cksum | cut -d' ' -f1)")
      return 0
    fi
  done
}

build_output() { # build_output PROJECT: where a Release build of it is
  if [ "${#BUILD[@]}" = 0 ]; then echo "$1/bin/Release/net10.0"; else echo "${BUILD[1]}/bin/$1/release"; fi
}

publish_ahead() { # publish_ahead FOLDER SCRATCH: the agent, compiled for this machine ahead of its start; SCRATCH.log says what went wrong
  local rid=linux-x64
  [ "$(uname -m)" != aarch64 ] || rid=linux-arm64
  dotnet publish SispiAgent/SispiAgent.csproj -c Release -r "$rid" --self-contained false -p:PublishReadyToRun=true -p:RunAnalyzers=false --nologo -v quiet \
    --artifacts-path "$2" -o "$1" >"$2.log" 2>&1
}

# Tests start the agent hundreds of times: compiled ahead, as a published one is, it does not compile itself each time.
compile_ahead() { # compile_ahead FOLDER SCRATCH: puts the agent's assemblies, compiled for this machine, over those in FOLDER
  local folder=$1 scratch=$2 file
  if ! publish_ahead "$scratch/app" "$scratch"; then
    echo "The agent could not be compiled ahead; the tests take longer: $(grep -m1 error "$scratch.log" || true)" >&2
    return 0
  fi
  for file in "$scratch"/app/*.dll; do
    [ ! -e "$folder/${file##*/}" ] || cp "$file" "$folder/"
  done
  rm -rf "$scratch"
}

# The runtime has to be readable for the user that runs the program; one in root's home is not.
runtime_for() { # runtime_for FOLDER COMMAND...: COMMAND runs something as that user; prints the runtime's folder
  local folder=$1
  shift
  if "$@" test -x "$DOTNET_ROOT/dotnet" 2>/dev/null && "$@" test -r "$DOTNET_ROOT/host/fxr"; then
    echo "$DOTNET_ROOT"
    return 0
  fi
  mkdir -p "$folder"
  cp -r "$DOTNET_ROOT/dotnet" "$DOTNET_ROOT/host" "$DOTNET_ROOT/shared" "$folder/"
  chmod -R a+rX "$folder"
  echo "$folder"
}
