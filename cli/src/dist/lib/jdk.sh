# find_jdk: sets $jdk to the directory of a JDK. It reads the JDK's `release` file and starts no program,
# because every command runs it. `find_jdk 25` accepts only that release, for builds; `find_jdk` also
# accepts later ones if JAVA_HOME or the PATH names one.

# Sets $feature to the feature release of the JDK in $1, and $build to its exact version.
read_jdk() {
    feature='' build='' vendor=''
    [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
    while IFS='="' read -r key _ value _; do
        case $key in
            IMPLEMENTOR_VERSION) vendor=$value ;;
            JAVA_RUNTIME_VERSION) build=$value ;;
            JAVA_VERSION) feature=${value%%[!0-9]*} ;;
            MODULES) break ;; # by far the longest line; the lines after it are not needed
        esac
        [ -z "$feature" ] || [ -z "$build" ] || break
    done <"$1/release"
    [ -n "$feature" ]
}

jdk_fits() {
    read_jdk "$1" || return 1
    if [ -n "$only" ]; then
        [ "$feature" = "$only" ] && [ -x "$1/bin/javac" ]
    else
        [ "$feature" -ge 25 ]
    fi
}

find_jdk() {
    only=${1:-}
    if [ -n "${SANDBOXER_JAVA_HOME:-}" ]; then
        jdk=$SANDBOXER_JAVA_HOME
        jdk_fits "$jdk" && return
        echo "sand-boxer: SANDBOXER_JAVA_HOME is $jdk, which holds no JDK 25; correct it or unset it" >&2
        return 1
    fi
    # the runtime that comes with a release, which the release was tested with
    if [ -z "$only" ] && [ -n "${home:-}" ] && [ -x "$home/runtime/bin/java" ]; then
        jdk=$home/runtime
        read_jdk "$jdk" && return
    fi
    for jdk in "${JAVA_HOME:-}" /usr/lib/jvm/*25* /opt/*25* /usr/java/*25* \
        "${HOME:-}"/.sdkman/candidates/java/25* "${HOME:-}"/.jdks/*25*; do
        [ -n "$jdk" ] && jdk_fits "$jdk" && return
    done
    if jdk=$(readlink -f "$(command -v java)" 2>/dev/null); then
        jdk=${jdk%/bin/java}
        jdk_fits "$jdk" && return
    fi
    cat >&2 <<'END'
sand-boxer: needs a JDK 25 and found none in SANDBOXER_JAVA_HOME, JAVA_HOME, /usr/lib/jvm, /opt,
~/.sdkman, ~/.jdks or on the PATH. Install one (Temurin 25, or openjdk-25-jdk where your distribution
has it), or unpack one anywhere and say where: export SANDBOXER_JAVA_HOME=/path/to/jdk-25
END
    return 1
}
