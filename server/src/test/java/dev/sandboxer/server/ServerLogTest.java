package dev.sandboxer.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.ContextInitializer;
import ch.qos.logback.core.joran.spi.JoranException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

class ServerLogTest {
    private final PrintStream stderr = System.err;

    @AfterEach
    void restore() throws JoranException {
        System.setErr(stderr);
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        new ContextInitializer(context).autoConfig();
    }

    @Test
    void off_a_terminal_each_line_is_json() {
        var lines = logged(false).lines().toList();

        assertThat(lines).hasSize(3);
        assertThat(lines)
                .allSatisfy(
                        line -> assertThat(JsonMapper.shared().readTree(line).isObject())
                                .isTrue());
        assertThat(JsonMapper.shared().readTree(lines.getFirst()).at("/status").asInt())
                .isEqualTo(200);
        assertThat(JsonMapper.shared().readTree(lines.get(1)).at("/error").asString())
                .contains("IllegalStateException: why");
    }

    @Test
    void on_a_terminal_each_line_is_plain_text() {
        assertThat(logged(true))
                .containsPattern("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO  GET /x  status=200\n")
                .contains("ERROR a job failed")
                .contains("IllegalStateException: why")
                .contains("WARN  something of a library")
                .doesNotContain("chatter");
    }

    /** Returns stderr after this code and a library have logged. */
    private static String logged(boolean terminal) {
        var written = new ByteArrayOutputStream();
        System.setErr(new PrintStream(written, true, UTF_8));
        ServerLog.configure(terminal);
        LoggerFactory.getLogger("access").atInfo().addKeyValue("status", 200).log("GET {}", "/x");
        LoggerFactory.getLogger("dev.sandboxer.Any").error("a job failed", new IllegalStateException("why"));
        LoggerFactory.getLogger("org.library").info("chatter");
        LoggerFactory.getLogger("org.library").warn("something of a library");
        return written.toString(UTF_8);
    }
}
