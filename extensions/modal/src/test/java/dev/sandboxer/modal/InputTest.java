package dev.sandboxer.modal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.WriteOptions;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Input and files when calls or answers get lost. */
class InputTest {
    @TempDir
    Path directory;

    @AutoClose
    private final ScriptedModal modal = new ScriptedModal();

    @AutoClose
    private final Backend backend = modal.open(Path.of("unused"));

    @Test
    void input_whose_answer_is_lost_is_sent_again_and_read_once() {
        var session = backend.connect(backend.create(Requests.usual()).ref());
        try (var process =
                session.processes().start(ProcessSpec.builder("cat").stdin(true).build())) {
            modal.loseAnswer("TaskExecStdinWrite");
            process.writeInput("once ".getBytes(UTF_8), 0, 5);
            modal.refuse("TaskExecStdinWrite", Status.UNAVAILABLE);
            process.writeInput("only".getBytes(UTF_8), 0, 4);
            modal.loseAnswer("TaskExecStdinWrite");
            process.closeInput();
            assertThat(CompletedRun.toEnd(process).output()).isEqualTo("once only");
        }
    }

    @Test
    void files_arrive_whole_even_if_streams_break() throws IOException {
        modal.router.cutAfter = 300_000;
        var content = new byte[3_000_000];
        new Random(5).nextBytes(content);
        var session = backend.connect(backend.create(Requests.usual()).ref());
        var path = directory.resolve("file").toString();

        modal.loseAnswer("TaskExecStdinWrite");
        var entry = session.files().write(path, WriteOptions.DEFAULT, new ByteArrayInputStream(content));

        assertThat(entry.size()).isEqualTo(content.length);
        try (var file = session.files().read(path, null, 0, Long.MAX_VALUE)) {
            assertThat(file.content().readAllBytes()).isEqualTo(content);
        }
    }
}
