package dev.sandboxer.templates;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.session.WriteOptions;
import dev.sandboxer.launch.SandboxCommand;
import dev.sandboxer.observe.Countdown;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Provides the packages that a step installs with apt, for a sandbox without a network. The packages are put into an apt repository in the
 * sandbox while the step runs, so that apt selects and installs them as usual. Used by one thread.
 */
final class StepPackages {
    private static final String ROOT = "root";
    private static final String REPOSITORY = "/var/cache/sandboxer-packages";

    /** Turns a directory of packages into a repository. Argument: the directory. The sandbox's own apt configuration is not changed. */
    private static final String INDEX = """
            set -eu; export LC_ALL=C; cd "$1"; : >Packages
            date -u '+Date: %a, %d %b %Y %H:%M:%S UTC' >Release
            for deb in *.deb; do
                [ -e "$deb" ] || continue
                dpkg-deb -f "$deb"
                printf 'Filename: ./%s\\nSize: %s\\n' "$deb" "$(stat -c %s "$deb")"
                printf 'SHA256: %s\\n\\n' "$(sha256sum "$deb" | cut -d' ' -f1)"
            done >>Packages
            printf 'SHA256:\\n %s %s Packages\\n' "$(sha256sum Packages | cut -d' ' -f1)" "$(stat -c %s Packages)" >>Release
            echo "deb [trusted=yes] file:$1 ./" >sources.list
            printf 'Dir::Etc::%s "%s";\\n' sourcelist "$1/sources.list" sourceparts /dev/null >apt.conf
            printf 'APT::Sandbox::User "root";\\n' >>apt.conf
            APT_CONFIG=$1/apt.conf apt-get -qq update
            """;

    private static final String REMOVE = """
            rm -rf "$1"; rm -f /var/cache/apt/*.bin /var/lib/apt/lists/*sandboxer-packages*
            """;

    private final Session session;
    private final @Nullable PackageSource source;
    private final BuildLog log;
    private final Countdown time;
    private @Nullable String problem;

    /** @param source null = no packages are provided */
    StepPackages(Session session, @Nullable PackageSource source, BuildLog log, Countdown time) {
        this.session = session;
        this.source = source;
        this.log = log;
        this.time = time;
    }

    /** The work of a step. It runs with additional environment variables. */
    interface Work {
        void with(Map<String, String> env) throws StepFailure, InterruptedException;
    }

    /**
     * Runs the work of a step with the packages that its line installs.
     *
     * @throws StepFailure the work's failure; its message also says why packages were missing
     */
    void around(String line, Work work) throws StepFailure, InterruptedException {
        problem = null;
        var wanted = source == null ? null : AptLine.read(line).orElse(null);
        if (source == null || wanted == null) {
            work.with(Map.of());
            return;
        }
        try {
            var files = fetch(source, wanted);
            if (files == null) {
                work.with(Map.of());
            } else {
                addRepository(files);
                work.with(Map.of("APT_CONFIG", REPOSITORY + "/apt.conf"));
            }
        } catch (StepFailure e) {
            throw problem == null ? e : new StepFailure(e.getMessage() + "; " + problem);
        } finally {
            if (!Thread.currentThread().isInterrupted()) {
                run(REMOVE);
            }
        }
    }

    /** Fetches packages; null if that isn't supported. The reason is reported only if the step fails. */
    private @Nullable List<Path> fetch(PackageSource source, AptLine wanted) {
        try {
            var files = source.fetch(wanted.packages(), wanted.recommended());
            log.info("packages from this host's apt: " + files.size());
            return files;
        } catch (ExtensionException e) {
            if (e.kind() == ExtensionException.Kind.UNSUPPORTED) {
                problem = "its sandbox has no network (set network: all in its profile), and " + e.getMessage();
                return null;
            }
            problem = String.valueOf(e.getMessage());
            log.info(problem);
            return List.of();
        }
    }

    private void addRepository(List<Path> files) throws StepFailure, InterruptedException {
        run(REMOVE);
        session.files().makeDirectory(REPOSITORY, ROOT);
        var number = 0;
        for (Path file : files) {
            try (var content = Files.newInputStream(file)) {
                // the files get numbers as names, since apt decodes %3a in file names
                session.files()
                        .write(REPOSITORY + "/" + number++ + ".deb", new WriteOptions(ROOT, null, null), content);
            } catch (IOException e) {
                throw new StepFailure("the package " + file.getFileName() + " can't be copied: " + e.getMessage());
            }
        }
        if (run(INDEX).end() != SandboxCommand.End.SUCCEEDED) {
            throw new StepFailure("the repository for apt can't be made in the sandbox");
        }
    }

    private SandboxCommand.Result run(String script) throws InterruptedException {
        var spec = ProcessSpec.builder(List.of("sh", "-c", script, "sh", REPOSITORY))
                .user(ROOT)
                .cwd("/")
                .build();
        var result = SandboxCommand.run(session, spec, time.left(), () -> true, log::output);
        log.endOutput();
        return result;
    }
}
