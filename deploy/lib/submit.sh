# shellcheck shell=bash
# What the scripts under deploy/ share: a JDK, the jars, a Spark home, the words of a call. Sourced, with
# set -euo pipefail.

home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
target=$home/spark-jobs/target
class_path_file=$target/classpath
# ARMATURE_LOG=json: every line of the log is an object, for whatever collects logs.
log4j=file:$home/conf/log4j2${ARMATURE_LOG:+-$ARMATURE_LOG}.properties

# What JavaCPP may take is not limited to as much as the heap again: the encoders' sizes decide. Spark's
# broadcasts are in arrays that fill small regions badly.
driver_options='-Dorg.bytedeco.javacpp.maxbytes=0 -Dorg.bytedeco.javacpp.maxphysicalbytes=0 -XX:G1HeapRegionSize=16m'

# refuse MESSAGE: the call is wrong.
refuse() {
  printf '%s\n' "$1" >&2
  exit 2
}

# Sets java.
find_java() {
  [[ -f ${log4j#file:} ]] || refuse "ARMATURE_LOG is $ARMATURE_LOG: expected json, or nothing for lines to be read."
  java=${JAVA_HOME:+$JAVA_HOME/bin/}java
  command -v "$java" >/dev/null ||
    refuse "No Java was found. Install a JDK 17 and put it on the PATH, or point JAVA_HOME to it."
}

# build JAR OPTION…: makes a jar, and the class path beside it, where it is missing or older than the
# sources.
build() {
  local jar=$1 lock
  shift
  if built "$jar"; then return; fi
  # Two calls at once must not build in one folder.
  command -v flock >/dev/null || refuse "flock is not on the PATH (util-linux has it): two calls at once would build in one folder."
  mkdir -p "$target"
  exec {lock}>"$target/build.lock"
  flock --nonblock "$lock" || {
    echo "Another call is building; waiting for it." >&2
    flock "$lock"
  }
  if ! built "$jar"; then
    echo "Building Armature; the first build downloads about 0.5 GB and takes some minutes." >&2
    (cd "$home" && ./mvnw --quiet --batch-mode -DskipTests -Dmaven.test.skip "$@" package) {lock}>&- >&2
    touch "$jar"
  fi
  exec {lock}>&-
}

# built JAR: whether it is there, with the class path beside it, and not older than the sources.
built() {
  [[ -f $1 && -f $class_path_file ]] &&
    [[ -z $(find "$home/pom.xml" "$home/spark-jobs/pom.xml" "$home/spark-jobs/src/main" -newer "$1" -print -quit) ]]
}

# The jar for the class path of Maven; sets jar.
build_plain_jar() {
  jar=$target/armature.jar
  build "$jar" -Dshade.skip
}

# The jar for spark-submit, which holds all that Spark does not bring; sets jar.
build_cluster_jar() {
  local version
  version=$(sed -n 's:.*<version>\(.*\)</version>.*:\1:p' "$home/pom.xml" | head -n 1)
  jar=$target/spark-jobs-$version-spark.jar
  build "$jar"
}

# split_call ARGUMENT…: up to the command there are options of spark-submit. Sets options and call, and
# takes out master, deploy_mode, driver_memory and properties_file, empty where they are not given.
split_call() {
  local option value
  master='' deploy_mode='' driver_memory='' properties_file=''
  options=()
  while [[ $# -gt 0 && $1 == --* && $1 != --help && $1 != --version ]]; do
    case $1 in
      --verbose | --supervise)
        options+=("$1")
        shift
        continue
        ;;
      --*=*) option=${1%%=*} value=${1#*=}; shift ;;
      *)
        [[ $# -ge 2 ]] || refuse "$1 needs a value"
        option=$1 value=$2
        shift 2
        ;;
    esac
    case $option in
      --master) master=$value ;;
      --deploy-mode) deploy_mode=$value ;;
      --driver-memory) driver_memory=$value ;;
      --properties-file) properties_file=$value ;;
      *) options+=("$option" "$value") ;;
    esac
  done
  call=("$@")
}

# own_spark MODULE…: where the user has set SPARK_HOME, it must be a Spark that goes with the jar, and have
# these modules.
own_spark() {
  local module
  [[ -n ${SPARK_HOME:-} ]] || return 0
  [[ -d $SPARK_HOME/jars ]] ||
    refuse "SPARK_HOME is $SPARK_HOME, which has no folder jars: point it to a Spark 3.5 for Scala 2.12, or unset it to use the one that Maven brings."
  for module in core "$@"; do
    compgen -G "$SPARK_HOME/jars/spark-${module}_2.12-3.5.*.jar" >/dev/null ||
      refuse "SPARK_HOME is $SPARK_HOME, whose jars have no spark-${module}_2.12-3.5.*.jar (found: $(cd "$SPARK_HOME/jars" && compgen -G "spark-${module}_*.jar" || echo none)): point it to a Spark 3.5 for Scala 2.12, or unset it to use the one that Maven brings."
  done
  export SPARK_HOME SPARK_SCALA_VERSION=2.12
  # Hadoop's folders, class paths and the like, as Spark's own scripts read them.
  if [[ -f $SPARK_HOME/bin/load-spark-env.sh ]]; then
    set +eu
    # shellcheck source=/dev/null
    source "$SPARK_HOME/bin/load-spark-env.sh"
    set -eu
  fi
}

# Where there is no SPARK_HOME: one that is put together from Maven's jars.
maven_spark() {
  [[ -z ${SPARK_HOME:-} ]] || return 0
  export SPARK_HOME=$target/spark SPARK_SCALA_VERSION=2.12
  "$home/deploy/lib/spark-home" "$SPARK_HOME"
  # The folder itself: another call may change the link.
  SPARK_HOME=$(realpath "$SPARK_HOME")
}

# merge_defaults OURS: sets defaults, a file that the submitting process deletes: what conf/ says, over it
# the cluster's own spark-defaults.conf, over that the user's --properties-file. Not on the command line,
# which everyone can read.
merge_defaults() {
  local file own=${SPARK_CONF_DIR:-$SPARK_HOME/conf}/spark-defaults.conf
  if [[ -n $properties_file && ! -f $properties_file ]]; then
    refuse "--properties-file: there is no file $properties_file"
  fi
  scratch=$(umask 077 && mktemp -d "${TMPDIR:-/tmp}/armature-submit.XXXXXX")
  trap 'rm -rf "$scratch"' EXIT
  defaults=$scratch/spark.conf
  for file in "$1" "$own" "$properties_file"; do
    if [[ -f $file ]]; then
      cat "$file"
      echo
    fi
  done >"$defaults"
}

# send_gpu_discovery: where defaults name ./gpu-discovery, it has to lie in the executors' working folders.
# Added to the --files that there are, of which spark-submit takes the last alone.
send_gpu_discovery() {
  local i script=$home/docker/gpu-discovery
  grep -Eq '^spark\.executor\.resource\.gpu\.discoveryScript[[:space:]=:]+\./gpu-discovery[[:space:]]*$' "$defaults" ||
    return 0
  for ((i = ${#options[@]} - 2; i >= 0; i--)); do
    if [[ ${options[i]} == --files ]]; then
      options[i + 1]+=,$script
      return
    fi
  done
  options+=(--files "$script")
}

# spark_command CLASS ARGUMENT…: sets command to what Spark's own launcher makes of it, as bin/spark-class
# does.
spark_command() {
  mapfile -d '' -t command < <("$java" -Xmx128m -cp "$SPARK_HOME/jars/*" org.apache.spark.launcher.Main "$@")
  if [[ ${#command[@]} -lt 3 ]]; then
    echo "Spark's launcher in $SPARK_HOME made no command of: $*" >&2
    exit 1
  fi
  # A line end stands before it.
  command=("${command[@]:1}")
  command[0]=${command[0]#$'\n'}
}

# submit_to_cluster: runs SparkSubmit, by way of a class that checks the call first. Of master, deploy_mode,
# driver_memory, options, defaults, jar and call; application, where that is not the jar.
submit_to_cluster() {
  local i submit=() java_options=()
  local arguments=(--master "$master" --deploy-mode "$deploy_mode" --properties-file "$defaults")
  if [[ -n ${driver_memory:-${ARMATURE_MEMORY:-}} ]]; then
    arguments+=(--driver-memory "${driver_memory:-$ARMATURE_MEMORY}")
  fi
  arguments+=(${options[@]+"${options[@]}"} --class dev.armature.job.Main "${application:-$jar}" "${call[@]}")
  spark_command org.apache.spark.deploy.SparkSubmit "${arguments[@]}"
  read -ra java_options <<<"$driver_options"
  for ((i = 0; i < ${#command[@]}; i++)); do
    case ${command[i]} in
      -cp)
        submit+=("${java_options[@]}" "-Dlog4j2.configurationFile=$log4j"
          "-Darmature.submit.scratch=$scratch" -cp "${command[++i]}:$jar")
        ;;
      org.apache.spark.deploy.SparkSubmit) break ;;
      *) submit+=("${command[i]}") ;;
    esac
  done
  exec "${submit[@]}" dev.armature.job.Submit "${arguments[@]}"
}
