# shellcheck shell=bash
# What the scripts under deploy/standalone share. Sourced, with set -euo pipefail.
# shellcheck source=submit.sh
source "$(dirname "${BASH_SOURCE[0]}")/submit.sh"

# take_folder ARGUMENT…: sets folder to the first one; prints the script's head where there is none.
take_folder() {
  if [[ $# -lt 1 || $1 == -* ]]; then
    sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0" >&2
    exit 2
  fi
  mkdir -p "$1" || exit 2
  folder=$(cd "$1" && pwd)
}

# take_value OPTION VALUE…: there is one.
take_value() {
  [[ $# -ge 2 ]] || refuse "$1 needs a value"
}

# port OPTION VALUE…: prints it.
port() {
  [[ $2 =~ ^[0-9]{1,5}$ && $2 -le 65535 ]] || refuse "$1 $2: expected a port, 0 to 65535"
  echo "$2"
}

url() {
  echo "spark://$1:$2"
}

# running NAME: whether its process lives; sets pid.
running() {
  pid=$(cat "$folder/$1.pid" 2>/dev/null) || return 1
  # Not another process that has the number by now.
  tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q 'org.apache.spark.deploy'
}

require_stopped() {
  if running "$1"; then
    refuse "$1 runs already, with process id $pid: stop it with deploy/standalone/stop $folder $1."
  fi
}

# require_free HOST PORT OPTION
require_free() {
  [[ $2 -ne 0 ]] || return 0
  if (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; then
    refuse "port $2 on $1 is taken: give another with $3."
  fi
}

# The jars, and a Spark.
prepare_spark() {
  find_java
  own_spark
  if [[ -z ${SPARK_HOME:-} ]]; then
    build_plain_jar
    maven_spark
  fi
  # Taken in the meantime: it ends, rather than to go on at the next port, where nobody looks for it.
  export SPARK_DAEMON_JAVA_OPTS="${SPARK_DAEMON_JAVA_OPTS:-} -Dspark.port.maxRetries=0 -Dlog4j2.configurationFile=org/apache/spark/log4j2-defaults.properties"
}

# start NAME READY: runs command in the background, until its log says READY.
start() {
  local log=$folder/$1.log i
  # Here, for the process may not have begun when its log is first read.
  : >"$log"
  nohup "${command[@]}" >>"$log" 2>&1 </dev/null &
  pid=$!
  echo "$pid" >"$folder/$1.pid"
  for ((i = 0; i < 600; i++)); do
    if grep -q "$2" "$log"; then return; fi
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  echo "$1 did not start; the end of $log:" >&2
  tail -n 20 "$log" >&2
  kill "$pid" 2>/dev/null || true
  rm -f "$folder/$1.pid"
  exit 1
}
