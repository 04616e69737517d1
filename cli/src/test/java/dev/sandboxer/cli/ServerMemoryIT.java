package dev.sandboxer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class ServerMemoryIT {
    private static final Pattern FLAG = Pattern.compile("^\\s*\\w+ (\\w+)\\s*= (\\S+) .*", Pattern.MULTILINE);

    @AutoClose
    private static final Cli cli = Cli.onFreshHome();

    @Test
    void a_server_keeps_its_memory_small_and_ends_when_it_runs_out() {
        assertThat(flags("serve", ""))
                .containsEntry("ExitOnOutOfMemoryError", "true")
                .containsEntry("MaxNewSize", Long.toString(24L << 20))
                .containsEntry("InitialHeapSize", Long.toString(48L << 20))
                .containsEntry("MaxHeapSize", Long.toString(256L << 20))
                .containsEntry("MaxDirectMemorySize", Long.toString(96L << 20));
    }

    @Test
    void the_operator_sets_another_limit() {
        assertThat(flags("serve", "-Xmx640m"))
                .containsEntry("MaxHeapSize", Long.toString(640L << 20))
                .containsEntry("ExitOnOutOfMemoryError", "true");
        assertThat(flags("serve", "-XX:-ExitOnOutOfMemoryError")).containsEntry("ExitOnOutOfMemoryError", "false");
    }

    @Test
    void server_limits_do_not_apply_to_other_commands() {
        assertThat(flags("ls", "")).containsEntry("ExitOnOutOfMemoryError", "false");
    }

    /** Returns the final values of the JVM's flags. */
    private static Map<String, String> flags(String command, String options) {
        var result = cli.process()
                .with("SANDBOXER_JAVA_OPTS", options + " -XX:+PrintFlagsFinal")
                .run(command, "--help");
        assertThat(result.status()).as(result.err()).isZero();
        return FLAG.matcher(result.out())
                .results()
                .collect(Collectors.toMap(found -> found.group(1), found -> found.group(2), (first, second) -> first));
    }
}
