package dev.sandboxer.extension.support;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessEvent.Channel;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.WriteOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests sessions in a sandbox whose tools print false output. */
class FalseOutputTest extends ContainerTest {
    private static final String HONEST = "81a4 1 0 0 0 1970-01-01 00:00:00.0/root/root";

    private final ExecFiles lied =
            new ExecFiles(container.exec(Map.of("PATH", "/home/lies:/usr/bin:/bin")), ContainerExtension.USER);

    FalseOutputTest() {
        super(Container.Image.HOST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "echo nonsense",
                "true",
                "echo '81a4 1 0 0 0 1970-01-01 00:00:00.0/root'",
                "echo '81a4 -1 0 0 0 1970-01-01 00:00:00.0/root/root'",
                "echo '81a4 1 9999999999 0 0 1970-01-01 00:00:00.0/root/root'",
                "echo 'ffffffffff 1 0 0 0 1970-01-01 00:00:00.0/root/root'",
                "echo '81a4 1 0 0 99999999999999999999 1970-01-01 00:00:00.0/root/root'",
                "echo 'a1ff 1 0 0 0 1970-01-01 00:00:00.0/root/root'; exec 1>&2",
                "head -c 100000 /dev/zero | tr '\\0' x"
            })
    void an_answer_that_describes_no_file_is_refused(String stat) throws Exception {
        lie("stat", stat);
        refuses(() -> lied.stat("/etc/passwd", null));
        refuses(() -> lied.read("/etc/passwd", null, 0, 1));
        refuses(() -> lied.write("/tmp/f", WriteOptions.DEFAULT, new ByteArrayInputStream(new byte[1])));
    }

    private static void refuses(ThrowingCallable call) {
        assertThat(refusal(call)).isIn(Reason.IO, Reason.LIMIT);
    }

    @Test
    void a_listing_has_only_entries_of_the_directory() throws Exception {
        lie("stat", "yes '" + HONEST + "' | head -n 1000");
        sh("mkdir one; touch one/f");
        var entries = new ArrayList<String>();
        lied.list("one", 1, null, entry -> entries.add(entry.path()));
        assertThat(entries).containsExactly("/home/user/one/f");
        for (var path : new String[] {"/etc/shadow", "/x", "/x/", "/xy", "/", "x/y"}) {
            var told = new ExecFiles(new Scripted("7\0/x\0" + path + "\0" + HONEST + "\0", 0), "user");
            assertThat(refusal(() -> told.list("/x", 1, null, _ -> {})))
                    .as(path)
                    .isEqualTo(Reason.IO);
        }
    }

    @Test
    void an_endless_answer_is_cut_off() {
        var record = "/x/" + "y".repeat(200) + "\0" + HONEST + "\0";
        var endless = new ExecFiles(new Endless("7\0/x\0", record), "user");
        assertThat(refusal(() -> endless.list("/x", 1, null, _ -> {}))).isEqualTo(Reason.LIMIT);
        for (var start : new String[] {"", "7", "7\0", "7\0/x\0", "7\0/x\0" + HONEST}) {
            var garbage = new ExecFiles(new Endless(start, "garbage"), "user");
            assertThat(refusal(() -> garbage.list("/x", 1, null, _ -> {}))).isEqualTo(Reason.IO);
            assertThat(refusal(() -> garbage.stat("/x", null))).isEqualTo(Reason.IO);
        }
        var shell = new Shell(new Endless("", "garbage"));
        assertThat(refusal(() -> shell.run("true"))).isEqualTo(Reason.LIMIT);
    }

    @Test
    void nonsense_about_a_link_is_refused() throws Exception {
        sh("ln -s /etc/passwd link");
        lie("readlink", "yes");
        refuses(() -> lied.stat("link", null));
        lie("readlink", "echo relative");
        refuses(() -> lied.stat("link", null));
    }

    @Test
    void an_answer_in_another_format_is_refused() {
        for (var said : new String[] {"", "x", "\0", "12\0", "1e9\0", "0\0", "-1\0", "9".repeat(100_000)}) {
            var files = new ExecFiles(new Scripted(said, 0), "user");
            assertThat(refusal(() -> files.stat("/x", null))).as(said).isEqualTo(Reason.IO);
            assertThat(refusal(() -> files.list("/x", 1, null, _ -> {}))).isIn(Reason.IO);
            assertThat(refusal(() -> files.read("/x", null, 0, 1))).isEqualTo(Reason.IO);
            var ports = new ExecPorts(new Scripted(said, 0));
            assertThat(refusal(() -> ports.dial(80))).isEqualTo(Reason.IO);
            var processes = new ExecProcesses(new Scripted(said + "\0", 0), "user");
            assertThat(refusal(() -> processes.start(ProcessSpec.of("true")))).isEqualTo(Reason.IO);
        }
    }

    @Test
    void reading_fails_when_the_content_breaks_off() throws Exception {
        var said = "7\0/x\0" + HONEST + "\0half of it";
        try (var file = new ExecFiles(new Scripted(said, 1), "user").read("/x", null, 0, Long.MAX_VALUE)) {
            assertThat(file.content().readNBytes(10)).asString(UTF_8).isEqualTo("half of it");
            assertThatThrownBy(() -> file.content().read()).isInstanceOf(IOException.class);
        }
    }

    /** A sandbox in which every command prints one text endlessly. */
    private record Endless(String first, String then) implements Exec {
        @Override
        public Execution start(Command command) {
            return new Scripted.Prepared(Stream.concat(Stream.of(first), Stream.generate(() -> then))
                    .<ProcessEvent>map(it -> new ProcessEvent.Output(Channel.STDOUT, it.getBytes(UTF_8)))
                    .iterator());
        }
    }

    private void lie(String tool, String script) throws IOException {
        var path = Files.createDirectories(container.home().resolve("lies")).resolve(tool);
        Files.writeString(path, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
