package dev.sandboxer.http.modal.router;

import static dev.sandboxer.http.modal.router.RoutedSandbox.TASK;
import static dev.sandboxer.http.modal.router.RoutedSandbox.command;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdinWriteRequest;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The file tool, in a sandbox on this machine. */
class FilesIT {
    private static final String TOOL = "/__modal/.bin/modal-sandbox-fs-tools";

    private static RoutedSandbox routed;

    @BeforeAll
    static void serve() throws IOException {
        routed = new RoutedSandbox();
    }

    @AfterAll
    static void end() throws IOException {
        routed.close();
    }

    private static String run(String json) {
        return routed.start(command(TOOL, json));
    }

    private static String succeeding(String json) {
        var exec = run(json);
        assertThat(routed.await(exec)).describedAs(routed.stderr(exec)).isZero();
        return routed.stdout(exec);
    }

    /** Returns the kind of error that a command fails with. */
    private static String failing(String json) {
        var exec = run(json);
        assertThat(routed.await(exec)).isEqualTo(1);
        var error = new JsonMapper().readTree(routed.stderr(exec));
        assertThat(error.path("message").stringValue()).isNotBlank();
        return error.path("error_kind").stringValue();
    }

    private static String write(String path, ByteString content) {
        var exec = run("{\"WriteFile\":{\"path\":\"" + path + "\"}}");
        var _ = routed.client()
                .taskExecStdinWrite(TaskExecStdinWriteRequest.newBuilder()
                        .setTaskId(TASK)
                        .setExecId(exec)
                        .setData(content)
                        .setEof(true)
                        .build());
        assertThat(routed.await(exec)).describedAs(routed.stderr(exec)).isZero();
        return exec;
    }

    private static void shell(String script) {
        var exec = routed.start(script);
        assertThat(routed.await(exec)).describedAs(routed.stderr(exec)).isZero();
    }

    private static JsonNode stat(String path) {
        return new JsonMapper().readTree(succeeding("{\"Stat\":{\"path\":\"" + path + "\"}}"));
    }

    @Test
    void a_written_file_can_be_read() {
        write("/tmp/new/deep/file", ByteString.copyFromUtf8("héllo"));

        assertThat(succeeding("{\"ReadFile\":{\"path\":\"/tmp/new/deep/file\"}}"))
                .isEqualTo("héllo");
        shell("ln -s /tmp/new/deep/file /tmp/to-file");
        assertThat(succeeding("{\"ReadFile\":{\"path\":\"/tmp/to-file\"}}")).isEqualTo("héllo");
        write("/tmp/new/deep/file", ByteString.EMPTY);
        assertThat(succeeding("{\"ReadFile\":{\"path\":\"/tmp/new/deep/file\"}}"))
                .isEmpty();
    }

    @Test
    void a_long_file_comes_through_whole_and_from_any_byte() {
        var bytes = new byte[20_000_000];
        new Random(1).nextBytes(bytes);
        var content = ByteString.copyFrom(bytes);
        write("/tmp/long", content);

        var exec = run("{\"ReadFile\":{\"path\":\"/tmp/long\"}}");
        assertThat(routed.await(exec)).isZero();
        assertThat(routed.stdout(exec, 0)).isEqualTo(content);
        assertThat(routed.stdout(exec, 19_999_000)).isEqualTo(content.substring(19_999_000));
        assertThat(routed.stdout(exec, 20_000_000)).isEqualTo(ByteString.EMPTY);
    }

    @Test
    void files_without_a_length_can_be_read() {
        assertThat(succeeding("{\"ReadFile\":{\"path\":\"/proc/self/status\"}}"))
                .contains("Pid:");
    }

    @Test
    void a_failed_read_or_write_says_why() {
        shell("mkdir -p /tmp/d/e; echo x > /tmp/d/f; truncate -s 6G /tmp/huge");

        assertThat(failing("{\"ReadFile\":{\"path\":\"/tmp/none\"}}")).isEqualTo("NotFound");
        assertThat(failing("{\"ReadFile\":{\"path\":\"/tmp/d\"}}")).isEqualTo("IsDirectory");
        assertThat(failing("{\"ReadFile\":{\"path\":\"/tmp/huge\"}}")).isEqualTo("FileTooLarge");
        assertThat(failing("{\"WriteFile\":{\"path\":\"/tmp/d\"}}")).isEqualTo("IsDirectory");
        assertThat(failing("{\"WriteFile\":{\"path\":\"/tmp/d/f/g\"}}")).isEqualTo("AlreadyExists");
        assertThat(failing("{\"WriteFile\":{\"path\":\"/tmp/d/f/g/h\"}}")).isIn("NotDirectory", "AlreadyExists");
        assertThat(failing("{\"Nonsense\":{}}")).isNotBlank();
        assertThat(failing("not json")).isNotBlank();
    }

    @Test
    void entries_are_described_as_lstat_has_them() {
        shell("cd /tmp; mkdir m; echo hi > m/f; chmod 640 m/f; touch -d '2020-01-02T03:04:05.5Z' m/f; ln -s f m/l");

        var file = stat("/tmp/m/f");
        assertThat(file.path("name").stringValue()).isEqualTo("f");
        assertThat(file.path("path").stringValue()).isEqualTo("/tmp/m/f");
        assertThat(file.path("type").stringValue()).isEqualTo("file");
        assertThat(file.path("size").asLong()).isEqualTo(3);
        assertThat(file.path("mode").asInt()).isEqualTo(0100640);
        assertThat(file.path("permissions").stringValue()).isEqualTo("0640");
        assertThat(file.path("owner").stringValue()).isEqualTo("root");
        assertThat(file.path("modified_time").asDouble()).isEqualTo(1577934245.5);
        assertThat(file.has("symlink_target")).isFalse();
        var link = stat("/tmp/m/l");
        assertThat(link.path("type").stringValue()).isEqualTo("symlink");
        assertThat(link.path("symlink_target").stringValue()).isEqualTo("f");
        assertThat(link.path("mode").asInt()).isEqualTo(0120777);
        assertThat(stat("/tmp/m/").path("name").stringValue()).isEqualTo("m");
        assertThat(failing("{\"Stat\":{\"path\":\"/tmp/m/none\"}}")).isEqualTo("NotFound");
        assertThat(failing("{\"Stat\":{\"path\":\"/tmp/m/f/g\"}}")).isEqualTo("NotDirectory");
    }

    @Test
    void the_entries_of_a_directory_are_sorted_by_name() {
        shell(
                "mkdir /tmp/list; cd /tmp/list; touch b a c; mkdir d; touch d/e; ln -s nowhere x; ln -s /tmp/list /tmp/to-list");

        var entries = new JsonMapper().readTree(succeeding("{\"ListFiles\":{\"path\":\"/tmp/list\"}}"));
        assertThat(entries.valueStream().map(it -> it.path("name").stringValue()))
                .containsExactly("a", "b", "c", "d", "x");
        assertThat(entries.get(3).path("path").stringValue()).isEqualTo("/tmp/list/d");
        var linked = new JsonMapper().readTree(succeeding("{\"ListFiles\":{\"path\":\"/tmp/to-list\"}}"));
        assertThat(linked.get(0).path("path").stringValue()).isEqualTo("/tmp/to-list/a");
        shell("mkdir /tmp/empty");
        assertThat(succeeding("{\"ListFiles\":{\"path\":\"/tmp/empty\"}}")).isEqualTo("[]");
        assertThat(failing("{\"ListFiles\":{\"path\":\"/tmp/list/a\"}}")).isEqualTo("IsFile");
        assertThat(failing("{\"ListFiles\":{\"path\":\"/tmp/list/x\"}}")).isEqualTo("NotFound");
        assertThat(failing("{\"ListFiles\":{\"path\":\"/tmp/list/a/b\"}}")).isEqualTo("NotDirectory");
        assertThat(failing("{\"ListFiles\":{\"path\":\"/tmp/none\"}}")).isEqualTo("NotFound");
    }

    @Test
    void directories_are_made_with_or_without_parents() {
        succeeding("{\"MakeDirectory\":{\"path\":\"/tmp/p/q/r\",\"parents\":true}}");
        succeeding("{\"MakeDirectory\":{\"path\":\"/tmp/p/q/r\",\"parents\":true}}");
        succeeding("{\"MakeDirectory\":{\"path\":\"/tmp/p/s\",\"parents\":false}}");

        assertThat(failing("{\"MakeDirectory\":{\"path\":\"/tmp/p/s\",\"parents\":false}}"))
                .isEqualTo("PathAlreadyExists");
        assertThat(failing("{\"MakeDirectory\":{\"path\":\"/tmp/p/none/t\",\"parents\":false}}"))
                .isEqualTo("NotFound");
        shell("touch /tmp/p/file");
        assertThat(failing("{\"MakeDirectory\":{\"path\":\"/tmp/p/file\",\"parents\":true}}"))
                .isEqualTo("PathAlreadyExists");
        assertThat(failing("{\"MakeDirectory\":{\"path\":\"/tmp/p/file/x\",\"parents\":true}}"))
                .isEqualTo("NotDirectory");
        assertThat(failing("{\"MakeDirectory\":{\"path\":\"/tmp/p/file/x\",\"parents\":false}}"))
                .isEqualTo("NotDirectory");
    }

    @Test
    void a_full_directory_is_removed_only_recursively() {
        shell("mkdir -p /tmp/r/full/x /tmp/r/empty; touch /tmp/r/file; ln -s full /tmp/r/link");

        assertThat(failing("{\"Remove\":{\"path\":\"/tmp/r/full\",\"recursive\":false}}"))
                .isEqualTo("DirectoryNotEmpty");
        succeeding("{\"Remove\":{\"path\":\"/tmp/r/empty\",\"recursive\":false}}");
        succeeding("{\"Remove\":{\"path\":\"/tmp/r/file\",\"recursive\":false}}");
        succeeding("{\"Remove\":{\"path\":\"/tmp/r/link\",\"recursive\":false}}");
        shell("test -d /tmp/r/full/x");
        succeeding("{\"Remove\":{\"path\":\"/tmp/r/full\",\"recursive\":true}}");
        assertThat(failing("{\"Remove\":{\"path\":\"/tmp/r/full\",\"recursive\":true}}"))
                .isEqualTo("NotFound");
        assertThat(succeeding("{\"ListFiles\":{\"path\":\"/tmp/r\"}}")).isEqualTo("[]");
    }

    @Test
    void a_watch_prints_changes_until_its_input_is_closed() {
        shell("mkdir /tmp/w");
        var exec = run("{\"Watch\":{\"path\":\"/tmp/w\",\"recursive\":true,\"filter\":null,\"timeout_secs\":null}}");

        shell("cd /tmp/w; echo 1 > a; mv a b; rm b; mkdir sub");
        routed.write(exec, 0, "", true);
        assertThat(routed.await(exec)).isZero();
        assertThat(routed.stdout(exec))
                .contains("{\"event_type\":\"Create\",\"paths\":[\"/tmp/w/a\"]}\n")
                .contains("{\"event_type\":\"Rename\",\"paths\":[\"/tmp/w/a\",\"/tmp/w/b\"]}\n")
                .contains("{\"event_type\":\"Remove\",\"paths\":[\"/tmp/w/b\"]}\n")
                .contains("\"/tmp/w/sub\"");
    }

    @Test
    void a_watch_of_a_file_prints_only_the_requested_changes_of_that_file() {
        shell("mkdir /tmp/wf; touch /tmp/wf/a");
        var exec = run(
                "{\"Watch\":{\"path\":\"/tmp/wf/a\",\"recursive\":false,\"filter\":[\"Modify\"],\"timeout_secs\":3}}");

        shell("cd /tmp/wf; touch b; echo x > a; rm a");
        assertThat(routed.await(exec)).isZero();
        assertThat(routed.stdout(exec))
                .contains("{\"event_type\":\"Modify\",\"paths\":[\"/tmp/wf/a\"]}\n")
                .doesNotContain("Remove")
                .doesNotContain("/tmp/wf/b");
        assertThat(failing("{\"Watch\":{\"path\":\"/tmp/none\",\"recursive\":false}}"))
                .isEqualTo("NotFound");
    }
}
