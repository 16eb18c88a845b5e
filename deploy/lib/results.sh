# Sourced by test.sh: adds up what the tests said, in passed, failed, skipped and problems.
# shellcheck shell=bash disable=SC2034,SC2154

count_tests() { # count_tests NAME CODE: from NAME.log and NAME.trx
  local name=$1 code=$2 p f s line before=$failed
  [ "$code" != 8 ] || return 0 # no test matches
  read -r p f s < <(awk '/^ *failed:/{f=$2} /^ *succeeded:/{p=$2} /^ *skipped:/{s=$2} END {print p+0, f+0, s+0}' "$work/$name.log")
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  while IFS= read -r line; do problems+=("$line"); done < <(failures "$work/results/$name.trx")
  if [ "$code" != 0 ] && [ "$failed" = "$before" ]; then # stopped for its time, or crashed
    failed=$((failed + 1))
    problems+=("the test program ended with $code; the last lines of its output say why")
  fi
}

failures() { # failures TRX: a line for each failed test, with the first line of what it said
  [ -f "$1" ] || return 0
  tr '\n' ' ' <"$1" | sed 's/<UnitTestResult /\n&/g' | awk '
    /^<UnitTestResult [^>]*outcome="Failed"/ {
      name = $0; sub(/.* testName="/, "", name); sub(/".*/, "", name)
      text = ""
      if ($0 ~ /<Message>/) { text = $0; sub(/.*<Message>/, "", text); sub(/<\/Message>.*/, "", text) }
      gsub(/&#xD;|&#xA;/, " ", text); gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&quot;/, "\"", text); gsub(/&amp;/, "\\&", text)
      gsub(/ +/, " ", text)
      printf "%s: %s\n", name, substr(text, 1, 240)
    }'
}

step() { # step NAME COMMAND...: one more test, that is no test of the program's own
  local name=$1
  shift
  if ! command -v "$1" >/dev/null; then
    if [ -n "${CI:-}" ]; then
      failed=$((failed + 1)) problems+=("$name: $1 is missing")
    else
      skipped=$((skipped + 1))
      echo "skipped $name: $1 is missing"
    fi
  elif "$@" >"$work/step.log" 2>&1; then
    passed=$((passed + 1))
    echo "passed $name"
  else
    failed=$((failed + 1)) problems+=("$name")
    tail -n 40 "$work/step.log"
  fi
}

# The build before this has run the analyzers over the same sources.
publish_for_windows() {
  dotnet publish SispiAgent/SispiAgent.csproj -c Release -r win-x64 --self-contained -p:RunAnalyzers=false --nologo -v quiet --artifacts-path "$work/windows" -o "$work/windows/app" &&
    test -s "$work/windows/app/SispiAgent.exe" && test -s "$work/windows/app/appsettings.json" && test -s "$work/windows/app/e_sqlite3.dll"
}

slowest() { # slowest NUMBER TRX...: the tests that took longest, in seconds
  local most=$1
  shift
  cat "$@" 2>/dev/null | tr '\n' ' ' | sed 's/<UnitTestResult /\n&/g' | awk '
    /^<UnitTestResult / {
      name = $0; sub(/.* testName="/, "", name); sub(/".*/, "", name); gsub(/&quot;/, "\"", name); gsub(/&amp;/, "\\&", name)
      took = $0; sub(/.* duration="/, "", took); sub(/".*/, "", took); split(took, part, ":")
      printf "%7.1f  %s\n", part[1] * 3600 + part[2] * 60 + part[3], substr(name, 1, 140)
    }' | sort -rn | sed -n "1,${most}p"
}
