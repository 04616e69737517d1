package dev.sandboxer.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/reference/errors.md explains every error code in the words of its Javadoc. */
class ErrorReferenceTest {
    private static final String SOURCE = "control-plane/src/main/java/dev/sandboxer/error/ErrorCode.java";
    private static final Pattern CONSTANT = Pattern.compile("/\\*\\* ([^*]+) \\*/\\s+([A-Z_]+)\\(\\d");

    @Test
    void every_code_is_explained() throws IOException {
        var meanings = meanings();
        var page = new StringBuilder("""
                # Errors

                Look up an error code: what it means, its HTTP status and its exit code.

                A command prints the code in brackets at the end of its message. An HTTP response has the status and E2B's error format,
                `{"code": STATUS, "message": "..."}`. *Retry*: the same call may succeed later without any change. E2B's clients expect other
                statuses for two codes and get them: 404 for `sandbox_ended`, 500 for `backend_failed`. `make docs` generates this page from
                `ErrorCode`; it documents [E1] and [E3] of the capability registry.

                | code | HTTP | exit | retry | when |
                |---|--:|--:|---|---|
                """);
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(meanings).as("Javadoc of the codes").containsKey(code.name());
            page.append("| `%s` | %d | %d | %s | %s |\n"
                    .formatted(
                            code.code(),
                            code.httpStatus(),
                            code.exitCode(),
                            code.retryHelps() ? "yes" : "",
                            meanings.get(code.name())));
        }
        new GeneratedFile("docs/reference/errors.md").holds(page.toString());
    }

    private static Map<String, String> meanings() {
        var found = new HashMap<String, String>();
        CONSTANT.matcher(Tree.read(SOURCE))
                .results()
                .forEach(match -> found.put(
                        match.group(2),
                        match.group(1).replaceAll("\\{@code ([^}]+)}", "`$1`").replaceAll("\\s+", " ")));
        return found;
    }
}
