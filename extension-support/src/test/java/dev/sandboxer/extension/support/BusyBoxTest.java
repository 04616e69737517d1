package dev.sandboxer.extension.support;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.ProcessEvent.Exited;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.Signal;
import dev.sandboxer.extension.session.WriteOptions;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests, for a sandbox that has only BusyBox, what the contracts can't test there because their commands need other tools. */
class BusyBoxTest extends ContainerTest {
    BusyBoxTest() {
        super(Container.Image.BUSYBOX);
    }

    @Test
    void a_tree_is_listed_moved_and_removed() throws Exception {
        sh("mkdir -p t/a/b t/.h; touch t/a/b/f t/-x t/a-b; ln -s a t/link; ln -s loop t/loop; chmod 0 t/a/b");
        assertThat(list("t", 3)).containsExactly("/-x", "/.h", "/a", "/a/b", "/a/b/f", "/a-b", "/link", "/loop");
        assertThat(files.stat("t/link", null).linkTarget()).isEqualTo("/home/user/t/a");
        assertThat(refusal(() -> files.stat("t/loop/x", null))).isEqualTo(Reason.LOOP);
        files.move("t", "new/place", null);
        assertThat(list("new", 1)).containsExactly("/place");
        files.remove("new", null);
        files.remove("new", null);
        assertThat(refusal(() -> files.stat("new", null))).isEqualTo(Reason.NOT_FOUND);
    }

    @Test
    void a_directory_with_thousands_of_entries_is_listed_completely() throws Exception {
        sh("mkdir many && cd many && seq 1 3000 | xargs touch");
        assertThat(list("many", 1)).hasSize(3000).isSorted();
    }

    @Test
    void a_part_is_read_from_an_offset() throws Exception {
        sh("printf 0123456789 >digits");
        for (var part : new String[][] {
            {"0", "3", "012"}, {"4", "3", "456"}, {"8", "100", "89"}, {"99", "5", ""}, {"3", "0", ""}
        }) {
            try (var file = files.read("digits", null, Long.parseLong(part[0]), Long.parseLong(part[1]))) {
                assertThat(file.content().readAllBytes()).asString().isEqualTo(part[2]);
            }
        }
    }

    @Test
    void a_file_has_an_owner_a_mode_and_a_time() throws Exception {
        var content = new ByteArrayInputStream(new byte[] {1});
        var mine = files.write("a/mine", new WriteOptions(null, 0751, null), content);
        assertThat(mine.owner() + mine.group() + mine.uid() + mine.gid()).isEqualTo("useruser10001000");
        assertThat(mine.mode()).isEqualTo(0751);
        assertThat(files.stat("a", null).owner()).isEqualTo("user");
        assertThat(files.makeSymlink("x", "a/link", "root").uid()).isZero();
        sh("touch -d '2001-02-03 04:05:06' a/mine");
        assertThat(files.stat("a/mine", null).modifiedAt()).hasToString("2001-02-03T04:05:06Z");
    }

    @Test
    void a_port_is_reached_through_nc_of_busybox() throws Exception {
        assertThat(refusal(() -> ports.dial(4711))).isEqualTo(Reason.REFUSED);
        var script =
                "nc -ll -p 4711 -e cat & until grep -q ':1267 .* 0A' /proc/net/tcp*; do sleep 0.02; done; echo listening; wait";
        try (var server = processes.start(ProcessSpec.of(Shell.argv(script)))) {
            until(server, "listening");
            try (var connection = ports.dial(4711)) {
                connection.output().write("there and back".getBytes(UTF_8));
                connection.shutdownOutput();
                assertThat(connection.input().readAllBytes()).asString().isEqualTo("there and back");
            }
            server.signal(Signal.KILL, true);
        }
    }

    @Test
    void a_process_runs_as_another_user_through_su() throws Exception {
        assertThat(sh("id -un; id -Gn; pwd; echo $HOME $FROM; echo out >/dev/stdout")
                        .out())
                .isEqualTo("user\nuser\n/home/user\n/home/user the container\nout\n");
        assertThat(run(ProcessSpec.builder("id", "-u").user("root").build()).out())
                .isEqualTo("0\n");
    }

    /** Doesn't test QUIT, which BusyBox's shell ignores. */
    @Test
    void a_signal_and_a_time_limit_end_a_process_with_its_group() throws Exception {
        for (int signal : new int[] {1, 2, 9, 13, 15, 31}) {
            assertThat(sh("kill -" + signal + " $$; sleep 10").exited()).isEqualTo(new Exited(-1, signal, false));
        }
        assertThat(sh("exit 137").exited()).isEqualTo(new Exited(137, 0, false));
        var family = ProcessSpec.builder(Shell.argv("trap '' TERM; sleep 1000 & echo $!; wait"));
        try (var process = processes.start(family.build())) {
            var child = until(process, "\n").strip();
            process.signal(Signal.KILL, true);
            assertThat(finish(process).exited()).isEqualTo(new Exited(-1, 9, false));
            awaitEnd(child);
        }
        var limited = run(family.timeout(Duration.ofSeconds(1)).build());
        assertThat(limited.exited()).isEqualTo(new Exited(-1, 9, true));
        awaitEnd(limited.out().strip());
    }

    private List<String> list(String path, int depth) {
        var top = files.stat(path, null).path();
        var entries = new ArrayList<FileEntry>();
        files.list(path, depth, null, entries::add);
        return entries.stream().map(it -> it.path().substring(top.length())).toList();
    }
}
