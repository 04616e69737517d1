package dev.sandboxer.http.e2b.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import org.junit.jupiter.api.Test;

class ErrorMappingTest {
    @Test
    void the_code_in_every_body_is_the_status() {
        for (ErrorCode code : ErrorCode.values()) {
            var answer = ErrorMapping.rest(new SandboxException(code, "why"));
            assertThat(answer.body().code()).as(code.name()).isEqualTo(answer.status());
            assertThat(answer.status()).as(code.name()).isBetween(400, 599);
            assertThat(answer.body().message()).isEqualTo("why");
        }
        for (Reason reason : Reason.values()) {
            var answer = ErrorMapping.files(new OperationException(reason, "why"), "p");
            assertThat(answer.body().code()).as(reason.name()).isEqualTo(answer.status());
            assertThat(answer.status()).as(reason.name()).isBetween(400, 599);
        }
    }

    @Test
    void an_ended_sandbox_is_404() {
        assertThat(ErrorMapping.rest(new SandboxException(ErrorCode.SANDBOX_ENDED, "x"))
                        .status())
                .isEqualTo(404);
        assertThat(ErrorMapping.rest(new SandboxException(ErrorCode.UNKNOWN_SANDBOX, "x"))
                        .status())
                .isEqualTo(404);
    }

    @Test
    void missing_capacity_is_503_with_e2bs_error_code() {
        var answer = ErrorMapping.rest(new SandboxException(ErrorCode.NO_CANDIDATE, "x"));

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body().error_code()).isEqualTo("sandbox_capacity_unavailable");
    }

    @Test
    void an_absent_path_is_shown_as_the_home() {
        for (String absent : new String[] {null, ""}) {
            assertThat(ErrorMapping.files(new OperationException(Reason.IS_A_DIRECTORY, "why"), absent)
                            .getMessage())
                    .isEqualTo("path '~' is a directory");
        }
    }

    @Test
    void file_failures_have_e2bs_statuses_and_messages() {
        assertThat(files(Reason.NOT_FOUND)).isEqualTo("404 path '/p' does not exist");
        assertThat(files(Reason.IS_A_DIRECTORY)).isEqualTo("400 path '/p' is a directory");
        assertThat(files(Reason.UNKNOWN_USER)).isEqualTo("401 why");
        assertThat(files(Reason.NO_SPACE)).isEqualTo("507 not enough disk space available");
        assertThat(files(Reason.TOO_LONG)).isEqualTo("400 why");
        assertThat(files(Reason.PERMISSION_DENIED)).isEqualTo("403 why");
    }

    @Test
    void call_failures_have_the_codes_that_clients_expect() {
        assertThat(rpc(Reason.NOT_FOUND)).isEqualTo(ConnectCode.NOT_FOUND);
        assertThat(rpc(Reason.PROCESS_NOT_FOUND)).isEqualTo(ConnectCode.NOT_FOUND);
        assertThat(rpc(Reason.ALREADY_EXISTS)).isEqualTo(ConnectCode.ALREADY_EXISTS);
        assertThat(rpc(Reason.UNKNOWN_USER)).isEqualTo(ConnectCode.UNAUTHENTICATED);
        assertThat(rpc(Reason.CWD_MISSING)).isEqualTo(ConnectCode.INVALID_ARGUMENT);
        assertThat(rpc(Reason.NO_SPACE)).isEqualTo(ConnectCode.RESOURCE_EXHAUSTED);
        assertThat(rpc(Reason.LOOP)).isEqualTo(ConnectCode.FAILED_PRECONDITION);
        assertThat(rpc(Reason.STDIN_CLOSED)).isEqualTo(ConnectCode.INTERNAL);
        assertThat(ErrorMapping.rpc(new SandboxException(ErrorCode.TOO_LARGE, "x"))
                        .code())
                .isEqualTo(ConnectCode.RESOURCE_EXHAUSTED);
        assertThat(ErrorMapping.rpc(new SandboxException(ErrorCode.NO_CANDIDATE, "x"))
                        .code())
                .isEqualTo(ConnectCode.UNAVAILABLE);
    }

    private static String files(Reason reason) {
        var answer = ErrorMapping.files(new OperationException(reason, "why"), "/p");
        return answer.status() + " " + answer.getMessage();
    }

    private static ConnectCode rpc(Reason reason) {
        var direct = ErrorMapping.rpc(new OperationException(reason, "why")).code();
        var translated = ErrorMapping.rpc(
                        new SandboxException(ErrorCode.OPERATION_REFUSED, "why", new OperationException(reason, "why")))
                .code();
        assertThat(translated).as("the failure as the session throws it").isEqualTo(direct);
        return direct;
    }
}
