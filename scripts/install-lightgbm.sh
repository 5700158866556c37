#!/usr/bin/env bash
# Installs the LightGBM command line program that `salesctl train` runs as its child.
#
#   install-lightgbm.sh [--full] [DIR]       DIR is .tools/lightgbm of the project by default
#
# LightGBM publishes no such program for Linux, so it is made from the two files of its
# Python release, pinned below by SHA-256:
#
#   wheel --> lib_lightgbm.so ----------------------+
#   sdist --> main.cpp, application.cpp --(g++)-----+--> DIR/lightgbm + DIR/lib_lightgbm.so
#
# That takes seconds. Where the wheel does not fit (musl, other processors) or its result
# fails the self-test, and with --full, everything is compiled from the sdist into one
# static program instead, which takes minutes. DIR appears complete or not at all, and a
# DIR that is complete already is left alone. The script needs no file beside it.
set -euo pipefail

version=4.7.0
pins="lightgbm==$version"
pins+=" --hash=sha256:d23e922acd891e77212e4d0fbcee9ba973c96dee479491341d05ba595357ebb7" # wheel, x86_64
pins+=" --hash=sha256:d4529acec5c6fefe4768302a529707d0ead90f6a6f42df694b856212e09695b8" # wheel, aarch64
pins+=" --hash=sha256:f8e20f682c9aabd000bcf4a7ed8aa6f473c1adfecccae34ec24e823d156f4af0" # sdist
selftest_sha256=a39dc5e2664974c01479b08c231ed94d277512432be30d2a282685e2e2ac29c8
stamp="lightgbm-$version.sha256" # in DIR: the checksums of what was installed, written last
elsewhere="or install LightGBM $version yourself (brew install lightgbm, or conda install -c conda-forge lightgbm) and name it with --lightgbm PATH"
work=""     # where everything is built
replaced="" # what was at DIR, on its way out
pip=(python3 -m pip)

say() { printf 'install-lightgbm: %s\n' "$*" >&2; }

die() {
  say "$*"
  exit 1
}

main() {
  local full="" dir=""
  while (($# > 0)); do
    case "$1" in
      --full) full=yes ;;
      -*) die "unknown flag $1; usage: install-lightgbm.sh [--full] [DIR]" ;;
      *)
        [[ -z $dir ]] || die "more than one DIR; usage: install-lightgbm.sh [--full] [DIR]"
        dir=$1
        ;;
    esac
    shift
  done
  [[ -n $dir ]] || dir="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/.tools/lightgbm"
  [[ $dir == /* ]] || dir="$PWD/$dir" # the builds change directory
  if installed "$dir" && [[ -z $full || ! -e $dir/lib_lightgbm.so ]]; then
    say "LightGBM $version is already in $dir"
    return
  fi
  claim "$dir"
  need_tools
  trap cleanup EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  make_work "$dir"
  if ! has_module pip; then
    python3 -m venv "$work/venv" || die "python3 has no pip and its venv does not work: install python3-pip, $elsewhere"
    pip=("$work/venv/bin/python" -m pip)
  fi
  if [[ -n $full ]] || ! thin_build; then
    full_build
  fi
  publish "$dir"
  say "LightGBM $version is in $dir"
}

# installed succeeds if DIR holds what this version of the script put there, unchanged.
installed() {
  [[ -x $1/lightgbm && -f $1/$stamp ]] && (cd "$1" && sha256sum -c "$stamp" >/dev/null 2>&1)
}

need_tools() {
  if [[ $(uname -s) == Darwin ]]; then
    die "on macOS, run: brew install lightgbm (salesctl finds it on the PATH)"
  fi
  local tool
  for tool in python3 g++ gcc tar awk sha256sum; do
    command -v "$tool" >/dev/null || die "$tool is not installed: install $(package_of "$tool") (Debian, Ubuntu: apt-get install $(package_of "$tool")), $elsewhere"
  done
  has_module pip || has_module ensurepip ||
    die "python3 has no pip or is older than 3.8: install pip (Debian, Ubuntu: apt-get install python3-pip), $elsewhere"
}

has_module() {
  python3 -c "import sys, $1; sys.exit(sys.version_info < (3, 8))" 2>/dev/null
}

package_of() {
  case "$1" in
    gcc) echo g++ ;;
    awk) echo gawk ;;
    sha256sum) echo coreutils ;;
    *) echo "$1" ;;
  esac
}

# claim refuses a directory whose content is not this script's to replace.
claim() {
  [[ ! -e $1 || -d $1 ]] || die "$1 is not a directory: name another one"
  [[ -d $1 ]] || return 0
  if [[ -n $(ls -A "$1") ]] && ! compgen -G "$1/lightgbm-*.sha256" >/dev/null; then
    die "$1 holds files that are not LightGBM's: name an empty or a new directory"
  fi
}

# make_work makes the directory that everything is built in, beside DIR so that the last
# step is a rename.
make_work() {
  local parent
  parent=$(dirname "$1")
  if ! mkdir -p "$parent" || ! work=$(mktemp -d "$parent/.lightgbm.XXXXXX"); then
    die "cannot write to $parent: name a directory that you may write to"
  fi
  chmod 755 "$work"
}

cleanup() {
  trap '' INT TERM HUP # a second signal must not stop the removal
  if [[ -n $replaced && ! -e $replaced ]]; then
    mv "$work/replaced" "$replaced"
  fi
  [[ -z $work ]] || rm -rf "$work"
}

# fetch downloads one file of the release into DIR; its other arguments choose wheel or sdist.
# It returns 2 if pip finds none for this machine and ends the script on any other failure. What
# it downloads is unpacked but not run by Python, so a Python that LightGBM is too new for will do.
fetch() {
  local dir=$1 log="$work/pip.log"
  shift
  printf '%s\n' "$pins" >"$work/pins.txt"
  if "${pip[@]}" download --quiet --disable-pip-version-check --no-input --retries 2 --timeout 30 \
    --ignore-requires-python --no-deps --require-hashes "$@" --dest "$dir" --requirement "$work/pins.txt" >"$log" 2>&1; then
    return 0
  fi
  if grep -q 'DO NOT MATCH THE HASHES' "$log"; then
    die "the downloaded LightGBM $version has a wrong checksum: use another package index or network, $elsewhere"
  fi
  if grep -qE 'Retrying|NewConnectionError|ConnectTimeout|ReadTimeout|Temporary failure|Network is unreachable|ProxyError|SSLError' "$log"; then
    die "cannot reach the Python package index: check the network and pip's settings (proxy, index-url), $elsewhere"
  fi
  if grep -q 'No matching distribution found' "$log"; then
    return 2
  fi
  cat "$log" >&2
  die "pip cannot download LightGBM $version (its messages are above): mend pip, $elsewhere"
}

fetch_sdist() {
  [[ ! -d $work/src ]] || return 0
  say "downloading the sources of LightGBM $version"
  fetch "$work/sdist" --no-binary lightgbm ||
    die "the package index does not have the sources of LightGBM $version: use another index, $elsewhere"
  local nanoarrow="$work/src/external_libs/nanoarrow/src/nanoarrow"
  { # LightGBM's own build fills in nanoarrow's version; nothing reads it
    mkdir "$work/src" &&
      tar -xzf "$work/sdist/lightgbm-$version.tar.gz" -C "$work/src" --strip-components=1 &&
      sed -E 's/@NANOARROW_VERSION_(MAJOR|MINOR|PATCH)@/0/; s/@[A-Z_]+@//' \
        "$nanoarrow/nanoarrow_config.h.in" >"$nanoarrow/nanoarrow_config.h"
  } || die "cannot unpack the sources in $work: is the disk full?"
}

# compile_flags prints what both builds compile with, for the directory of the sources.
compile_flags() {
  local external=external_libs
  printf '%s\n' -DNDEBUG -DUSE_SOCKET -DEIGEN_MPL2_ONLY -DEIGEN_DONT_PARALLELIZE -fopenmp -fPIC \
    -Iinclude -I$external/eigen -I$external/fmt/include -I$external/fast_double_parser/include -I$external/nanoarrow/src
  if [[ $(uname -m) == x86_64 ]]; then
    printf '%s\n' -DMM_PREFETCH -DMM_MALLOC
  fi
}

# thin_build links LightGBM's main program with the wheel's library. It returns 1 where that
# cannot work, so that the full build takes over.
thin_build() {
  local stage="$work/thin" log="$work/thin.log" flags
  say "downloading the library of LightGBM $version"
  fetch "$work/wheel" --only-binary :all: || return 1
  fetch_sdist
  say "building the program (seconds)"
  { mkdir "$stage" && python3 -m zipfile -e "$work"/wheel/*.whl "$work/wheel" &&
    cp "$work/wheel/lightgbm/lib/lib_lightgbm.so" "$stage/"; } ||
    die "cannot unpack the library in $work: is the disk full?"
  mapfile -t flags < <(compile_flags)
  # shellcheck disable=SC2016 # $ORIGIN is for the dynamic linker
  if ! (cd "$work/src" && g++ -std=c++17 -O1 "${flags[@]}" src/main.cpp src/application/application.cpp \
    -o "$stage/lightgbm" -L"$stage" -l:lib_lightgbm.so -Wl,-rpath,'$ORIGIN') >"$log" 2>&1; then
    if grep -q gomp "$log"; then
      need_libgomp
    fi
    say "the program does not link with the published library; building everything instead"
    return 1
  fi
  strip "$stage/lightgbm" 2>/dev/null || true
  if ldd "$stage/lightgbm" 2>/dev/null | grep -q 'libgomp.*not found'; then
    need_libgomp
  fi
  if ! selftest "$stage/lightgbm"; then
    say "the published library fails the self-test on this machine; building everything instead"
    return 1
  fi
}

need_libgomp() {
  die "libgomp, the OpenMP library of g++, is not installed: install libgomp1 (Fedora: libgomp), $elsewhere"
}

# full_build compiles all of LightGBM, as a static program where the system has the libraries
# for it.
full_build() {
  local stage="$work/full" log="$work/full.log" flags jobs
  fetch_sdist
  jobs=$(nproc 2>/dev/null || echo 2)
  say "building all of LightGBM (some minutes of processor time, $jobs at once)"
  mkdir "$stage" "$work/objects"
  mapfile -t flags < <(compile_flags)
  export -f compile
  if ! (
    cd "$work/src"
    {
      find src -name '*.cpp' ! -path '*/cuda/*' ! -name c_api.cpp ! -name 'gpu_*' ! -name '*_mpi.cpp'
      find external_libs/nanoarrow/src -name '*.c'
    } | xargs -P "$jobs" -I{} bash -c 'compile "$@" || exit 255' compile {} "$work/objects" "${flags[@]}"
  ) >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    die "LightGBM does not compile here (the compiler's messages are above): use g++ 9 or newer, $elsewhere"
  fi
  local link
  for link in -static ""; do
    # shellcheck disable=SC2086 # an empty $link is no argument
    g++ -O3 -fopenmp $link "$work"/objects/*.o -o "$stage/lightgbm" >>"$log" 2>&1 || continue
    strip "$stage/lightgbm" 2>/dev/null || true
    if selftest "$stage/lightgbm"; then
      return 0
    fi
  done
  die "the program that was built fails its self-test: report this machine and its g++ --version, $elsewhere"
}

# compile SOURCE OBJECTS FLAG... makes one object file.
compile() {
  local source=$1 object
  object="$2/${source//\//_}.o"
  shift 2
  case "$source" in
    *.c) gcc -std=c99 -O3 "$@" -c "$source" -o "$object" ;;
    *) g++ -std=c++17 -O3 "$@" -c "$source" -o "$object" ;;
  esac
}

# selftest_files writes the self-test's rows and settings into a directory. The rows are small
# integers, the objective is l1 and the learning rate a power of two, so that every sum is exact:
# the trees do not depend on how a compiler contracts or orders floating-point operations.
# pkg/train/selftest.go writes the same files; a test compares them byte by byte.
selftest_files() {
  awk 'function draw(n) { s = (s * 1103 + 12345) % 65536; return int(s * n / 65536) }
    BEGIN {
      s = 1
      for (i = 0; i < 500; i++) {
        a = draw(31); b = draw(100); c = draw(7); d = draw(10); noise = draw(9)
        y = 3 * a + (b > 50 ? 20 : 0) + 5 * (c % 3) + d + noise
        printf("%d,%d,%d,%d,%s\n", y, a, b, c, (d > 7 ? "nan" : d))
      }
    }' >"$1/train.csv"
  printf '%s\n' task=train data=train.csv output_model=model.txt objective=regression_l1 num_iterations=10 \
    num_leaves=15 learning_rate=0.5 min_data_in_leaf=5 categorical_feature=2 bagging_fraction=0.75 bagging_freq=1 \
    feature_fraction=0.75 seed=1 deterministic=true force_row_wise=true num_threads=1 verbosity=-1 >"$1/train.conf"
}

# selftest succeeds if the program at $1 trains exactly the recorded trees.
selftest() {
  local dir="$work/selftest" sum
  rm -rf "$dir" && mkdir "$dir"
  selftest_files "$dir"
  (cd "$dir" && "$1" config=train.conf) >"$dir/log" 2>&1 || return 1
  sum=$(awk '/^parameters:$/ { exit } { print }' "$dir/model.txt" | sha256sum) || return 1
  [[ ${sum%% *} == "$selftest_sha256" ]]
}

# publish puts the built files at DIR by a rename. If another run was faster, its files stay.
publish() {
  local dir=$1 stage="$work/thin"
  [[ ! -d $work/full ]] || stage="$work/full"
  (cd "$stage" && sha256sum -- * >"$work/$stamp" && mv "$work/$stamp" .)
  if [[ -d $dir ]]; then
    mv "$dir" "$work/replaced"
    replaced=$dir
  fi
  python3 -c 'import os, sys; os.rename(*sys.argv[1:])' "$stage" "$dir" 2>/dev/null || installed "$dir" ||
    die "cannot rename the finished program to $dir: remove what is there and run this again"
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  main "$@"
  exit # so that bash reads no further, even if the file changed meanwhile
fi
