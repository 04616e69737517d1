package dev.sandboxer.stub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.local.LocalExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several processes that use one rehearsed cloud, and two extensions on one host. */
@Timeout(120)
class ProcessesIT {
    @AutoClose
    private final StubHome home = StubHome.open();

    ProcessesIT() throws IOException {}

    /** A process that creates sandboxes, and prints "made" or the kind of the failure for each. */
    static final class Creator {
        private Creator() {}

        public static void main(String[] arguments) {
            var home = StubHome.in(Path.of(arguments[0]));
            var backend = home.backend(arguments[1]);
            for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
                try {
                    backend.create(home.request());
                    System.out.println("made");
                } catch (ExtensionException e) {
                    System.out.println(e.kind());
                }
            }
        }
    }

    private List<String> creators(int processes, String plan, int each) throws Exception {
        var started = new ArrayList<Process>();
        for (int i = 0; i < processes; i++) {
            started.add(new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Creator.class.getName(),
                            home.directory().toString(),
                            plan,
                            Integer.toString(each))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        }
        var results = new ArrayList<String>();
        for (Process process : started) {
            results.addAll(new String(process.getInputStream().readAllBytes(), UTF_8)
                    .lines()
                    .toList());
            assertThat(process.waitFor()).isZero();
        }
        return results;
    }

    @Test
    void racing_processes_create_no_more_sandboxes_than_the_capacity_allows() throws Exception {
        var results = creators(3, "capacity 4", 3);

        assertThat(results).hasSize(9).containsOnly("made", "CAPACITY");
        assertThat(results).filteredOn("made"::equals).hasSize(4);
        assertThat(home.backend().list()).hasSize(4);
    }

    @Test
    void processes_share_the_counters_of_a_plan() throws Exception {
        var results = creators(3, "create quota every=3", 2);

        assertThat(results).filteredOn("QUOTA"::equals).hasSize(2);
        assertThat(home.backend().list()).hasSize(4);
    }

    /** Both extensions use the same installation id in their tags; only the sandbox ids differ. */
    @Test
    void local_sandboxes_of_the_same_installation_and_the_stubs_do_not_see_each_other() {
        var directory = home.directory().resolve("other");
        var local =
                LocalExtension.offline().open(new ExtensionContext("stub", directory, home.clock()), Credential.none());
        var stub = home.backend();
        var mine = stub.create(home.request());
        var other = local.create(home.request());
        try {
            assertThat(stub.list()).extracting(BackendSandbox::ref).containsExactly(mine.ref());
            assertThat(local.list()).extracting(BackendSandbox::ref).containsExactly(other.ref());
            assertThat(stub.find(other.tag())).isEmpty();
            stub.destroy(other.ref());
            assertThat(local.find(other.tag())).as("not ended by the stub").isPresent();
            stub.destroy(mine.ref());
            assertThat(local.find(other.tag())).isPresent();
        } finally {
            local.destroy(other.ref());
        }
    }
}
