package dev.sandboxer.templates;

import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.session.WriteOptions;
import dev.sandboxer.launch.Launch;
import dev.sandboxer.launch.SandboxCommand;
import dev.sandboxer.launch.StartCommand;
import dev.sandboxer.observe.Countdown;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Runs the steps of one build in its sandbox. Keeps the variables, user and directory that they set. Used by one thread. */
final class StepRunner {
    private static final String ROOT = "root";
    private static final String COPIES = "/tmp/.sandboxer-copy";
    private static final int MAX_RESPONSE_BYTES = 64 << 10;

    private static final String EXTRACT = """
            set -eu; rm -rf "$1"; mkdir -p "$1"; tar -x --no-same-owner -f "$1.tar" -C "$1"; rm -f "$1.tar"
            """;

    /** Arguments: the directory with the files, the pattern to copy, the destination, the owner, the mode (may be empty). */
    private static final String ARRANGE = """
            set -eu; from=$1; source=$2; to=$3; owner=$4; mode=$5
            cd "$from"
            case $source in .|./) source=. ;; esac
            IFS=; set -- $source; unset IFS
            [ -e "$1" ] || [ -L "$1" ] || { echo "no file matches $source" >&2; exit 1; }
            chown -R -h "$owner" .
            [ -z "$mode" ] || chmod -R "$mode" "$@"
            case $to in */) into=1 ;; *) into= ;; esac
            if [ $# -eq 1 ] && [ -d "$1" ] && [ ! -L "$1" ]; then
                [ -d "$to" ] || { mkdir -p "$to"; chown "$owner" "$to"; }
                cp -a "$1/." "$to/"
            else
                [ $# -eq 1 ] || into=1
                if [ -n "$into" ]; then mkdir -p "$to"; else mkdir -p "$(dirname "$to")"; fi
                cp -a "$@" "$to"
            fi
            cd /; rm -rf "$from"
            """;

    private static final String MAKE_DIRECTORY = """
            set -eu; [ -d "$1" ] || { mkdir -p "$1"; chown "$2" "$1"; }; cd "$1"; pwd
            """;

    private final Session session;
    private final BuildFiles files;
    private final StepPackages packages;
    private final BuildLog log;
    private final Countdown time;
    private final Map<String, String> env;
    private @Nullable String user;
    private @Nullable String workdir;

    /** @param below the launch of the base */
    StepRunner(Session session, Launch below, BuildFiles files, StepPackages packages, BuildLog log, Countdown time) {
        this.session = session;
        this.files = files;
        this.packages = packages;
        this.log = log;
        this.time = time;
        this.env = new TreeMap<>(below.env());
        this.user = below.user();
        this.workdir = below.workdir();
    }

    void run(Step step) throws StepFailure, InterruptedException {
        switch (step) {
            case Step.Run(var line, var as) ->
                packages.around(line, more -> {
                    var spec = process(as == null ? user : as, StartCommand.shell(line));
                    var all = new TreeMap<>(spec.env());
                    all.putAll(more);
                    require(execute(spec.toBuilder().env(all).build(), log::output));
                });
            case Step.Copy copy -> copy(copy);
            case Step.Env(var variables) -> {
                for (var variable : variables.entrySet()) {
                    env.put(variable.getKey(), expanded(variable.getValue()));
                }
            }
            case Step.Workdir(var path) -> workdir = path == null ? null : directory(path);
            case Step.User(var name) -> user = name == null ? null : existingUser(name);
        }
    }

    /** Returns the variables, user and directory after the steps so far. */
    Launch soFar() {
        return new Launch(null, null, env, user, workdir);
    }

    /** Returns the launch of sandboxes from the template. */
    Launch result(Recipe recipe) {
        return new Launch(recipe.start(), recipe.ready(), env, user, workdir);
    }

    private void copy(Step.Copy step) throws StepFailure, InterruptedException {
        upload(step);
        answer(ROOT, "sh", "-c", EXTRACT, "sh", COPIES);
        var owner = step.user() != null ? step.user() : userName();
        var source = step.source().startsWith("/") ? step.source().substring(1) : step.source();
        var target =
                step.destination().startsWith("/") ? step.destination() : currentDirectory() + "/" + step.destination();
        var mode = step.mode() == null ? "" : step.mode();
        require(execute(process(ROOT, "sh", "-c", ARRANGE, "sh", COPIES, source, target, owner, mode), log::output));
    }

    private void upload(Step.Copy step) throws StepFailure {
        try (var files = plain(new BufferedInputStream(this.files.open(step)))) {
            session.files().write(COPIES + ".tar", new WriteOptions(ROOT, null, null), files);
        } catch (IOException e) {
            throw new StepFailure(String.valueOf(e.getMessage()));
        }
    }

    /** Decompresses an archive here, since not every sandbox has gzip. */
    private static InputStream plain(BufferedInputStream archive) throws IOException {
        archive.mark(2);
        var isGzip = archive.read() == 0x1f && archive.read() == 0x8b;
        archive.reset();
        return isGzip ? new GZIPInputStream(archive) : archive;
    }

    /** Returns the name of the user that the steps run as. */
    private String userName() throws StepFailure, InterruptedException {
        return user != null ? user : answer(null, "id", "-un");
    }

    /** Returns the directory in which processes start now. */
    private String currentDirectory() throws StepFailure, InterruptedException {
        return workdir != null ? workdir : answer(user, "pwd");
    }

    /** Creates a directory if it doesn't exist, and returns its path without symbolic links. */
    private String directory(String path) throws StepFailure, InterruptedException {
        var absolute = path.startsWith("/") ? path : currentDirectory() + "/" + path;
        return answer(ROOT, "sh", "-c", MAKE_DIRECTORY, "sh", absolute, userName());
    }

    /** Returns the user of a Docker-like {@code USER} or {@code USER:GROUP}. Fails if the sandbox has no such user. */
    private String existingUser(String name) throws StepFailure, InterruptedException {
        var plain = name.replaceFirst(":.*", "");
        var result = execute(process(ROOT, "id", "-u", "--", plain), bytes -> {});
        if (result.end() != SandboxCommand.End.SUCCEEDED) {
            throw new StepFailure("there is no user " + plain);
        }
        return plain;
    }

    /** Returns a value with its variables replaced, as a shell in the sandbox replaces them. */
    private String expanded(String value) throws StepFailure, InterruptedException {
        if (value.indexOf('$') < 0) {
            return value;
        }
        var quoted = value.replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("`", "\\`")
                .replace("$(", "\\$(");
        return answer(user, "sh", "-c", "printf %s \"" + quoted + "\"");
    }

    /** Runs a command and returns its output without the last line end. Output beyond 64 KiB is cut off. */
    private String answer(@Nullable String as, String... argv) throws StepFailure, InterruptedException {
        var out = new ByteArrayOutputStream();
        var result = execute(
                process(as, argv),
                bytes -> out.write(bytes, 0, Math.min(bytes.length, MAX_RESPONSE_BYTES - out.size())));
        var text = out.toString(StandardCharsets.UTF_8);
        if (result.end() != SandboxCommand.End.SUCCEEDED) {
            log.info(text.strip());
        }
        require(result);
        return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    private ProcessSpec process(@Nullable String as, String... argv) {
        return process(as, Arrays.asList(argv));
    }

    private ProcessSpec process(@Nullable String as, List<String> argv) {
        return ProcessSpec.builder(argv).user(as).cwd(workdir).env(env).build();
    }

    private SandboxCommand.Result execute(ProcessSpec spec, Consumer<byte[]> output) throws InterruptedException {
        var result = SandboxCommand.run(
                session,
                spec,
                time.left(),
                () -> {
                    log.flushIfDue();
                    return true;
                },
                output);
        log.endOutput();
        return result;
    }

    private static void require(SandboxCommand.Result result) throws StepFailure {
        switch (result.end()) {
            case SUCCEEDED -> {
                // nothing to report
            }
            case FAILED -> throw new StepFailure("it ended with exit code " + result.status());
            case LATE, UNWANTED -> throw new StepFailure("the build exceeded its time limit");
        }
    }
}
