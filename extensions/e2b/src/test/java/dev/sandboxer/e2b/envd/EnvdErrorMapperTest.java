package dev.sandboxer.e2b.envd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.extension.session.OperationException.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvdErrorMapperTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            NOT_FOUND           | path not found: stat /x: no such file or directory  | NOT_FOUND
            ALREADY_EXISTS      | directory already exists: /x                        | ALREADY_EXISTS
            PERMISSION_DENIED   | no                                                  | PERMISSION_DENIED
            UNAUTHENTICATED     | invalid username: 'nobody'                          | UNKNOWN_USER
            UNIMPLEMENTED       | not here                                            | UNSUPPORTED
            INVALID_ARGUMENT    | path is not a directory: /x                         | NOT_A_DIRECTORY
            INVALID_ARGUMENT    | path '/x' is a directory                            | IS_A_DIRECTORY
            INVALID_ARGUMENT    | what is this                                        | INVALID
            INTERNAL            | error statting: lstat /x/y: not a directory         | NOT_A_DIRECTORY
            INTERNAL            | lstat /x: file name too long                        | TOO_LONG
            INTERNAL            | mkdir /x: no space left on device                   | NO_SPACE
            INTERNAL            | something else                                      | IO
            FAILED_PRECONDITION | cyclic symlink                                      | LOOP
            RESOURCE_EXHAUSTED  | more than 200000 entries                            | LIMIT
            RESOURCE_EXHAUSTED  | No space left on device                             | NO_SPACE
            """)
    void a_refusal_about_a_path_has_its_reason(ConnectCode code, String message, Reason reason) {
        assertThat(EnvdErrorMapper.ofFiles(new ConnectException(code, message), "/x")
                        .reason())
                .isEqualTo(reason);
    }

    @Test
    void words_in_a_path_do_not_decide_the_reason() {
        var path = "/tmp/no space left/is a directory/not a directory";
        var refusal = new ConnectException(ConnectCode.INTERNAL, "open " + path + ": input/output error");
        assertThat(EnvdErrorMapper.ofFiles(refusal, path).reason()).isEqualTo(Reason.IO);
        var start = new ConnectException(ConnectCode.INVALID_ARGUMENT, "/permission denied: command not found");
        assertThat(EnvdErrorMapper.ofStart(start, "/permission denied").reason())
                .isEqualTo(Reason.COMMAND_NOT_FOUND);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            INVALID_ARGUMENT | cwd '/no/such' does not exist                                   | CWD_MISSING
            INVALID_ARGUMENT | prog: command not found                                         | COMMAND_NOT_FOUND
            INVALID_ARGUMENT | exec: "prog": executable file not found in $PATH                | COMMAND_NOT_FOUND
            INVALID_ARGUMENT | fork/exec prog: no such file or directory                       | COMMAND_NOT_FOUND
            INVALID_ARGUMENT | fork/exec prog: permission denied                               | NOT_EXECUTABLE
            INTERNAL         | fork/exec prog: exec format error                               | NOT_EXECUTABLE
            UNAUTHENTICATED  | invalid username: 'x'                                           | UNKNOWN_USER
            INVALID_ARGUMENT | /etc/passwd: Not a directory                                    | NOT_A_DIRECTORY
            """)
    void a_refused_start_has_its_reason(ConnectCode code, String message, Reason reason) {
        assertThat(EnvdErrorMapper.ofStart(new ConnectException(code, message), "prog")
                        .reason())
                .isEqualTo(reason);
    }

    @Test
    void a_process_without_input_differs_from_a_process_that_is_not_there() {
        assertThat(EnvdErrorMapper.ofInput(new ConnectException(ConnectCode.INTERNAL, "stdin not enabled"))
                        .reason())
                .isEqualTo(Reason.STDIN_CLOSED);
        assertThat(EnvdErrorMapper.ofInput(new ConnectException(ConnectCode.NOT_FOUND, "process with pid 1 not found"))
                        .reason())
                .isEqualTo(Reason.PROCESS_NOT_FOUND);
        assertThat(EnvdErrorMapper.ofProcess(new ConnectException(ConnectCode.INTERNAL, ""))
                        .getMessage())
                .isNotBlank();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            404 | path '/x' does not exist         | NOT_FOUND
            400 | path '/x' is a directory         | IS_A_DIRECTORY
            401 | unknown user                     | UNKNOWN_USER
            403 | no                               | PERMISSION_DENIED
            507 | not enough disk space available  | NO_SPACE
            500 | error writing: no space left     | NO_SPACE
            500 | oops                             | IO
            """)
    void a_refusal_about_a_files_content_has_its_reason(int status, String message, Reason reason) {
        assertThat(EnvdErrorMapper.ofContent(status, message, "/x").reason()).isEqualTo(reason);
    }
}
