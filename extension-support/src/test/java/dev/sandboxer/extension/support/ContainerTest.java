package dev.sandboxer.extension.support;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.ProcessEvent.Channel;
import dev.sandboxer.extension.session.ProcessEvent.Exited;
import dev.sandboxer.extension.session.ProcessEvent.Output;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.RunningProcess;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Base of test classes that use one container. */
@NeedsContainer
@Timeout(value = 1, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ContainerTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    final Container container;
    final ExecProcesses processes;
    final ExecFiles files;
    final ExecPorts ports;

    ContainerTest(Container.Image image) {
        container = new Container(image, Map.of("FROM", "the container"));
        processes = new ExecProcesses(container.exec(), ContainerExtension.USER);
        files = new ExecFiles(container.exec(), ContainerExtension.USER);
        ports = new ExecPorts(container.exec());
    }

    @AfterAll
    void end() {
        container.close();
    }

    /** The output and the exit of a process. */
    record Result(String out, String err, Exited exited) {}

    /** Runs a script as the default user. */
    Result sh(String script, String... arguments) throws InterruptedException {
        return run(ProcessSpec.of(Shell.argv(script, arguments)));
    }

    Result run(ProcessSpec spec) throws InterruptedException {
        try (var process = processes.start(spec)) {
            return finish(process);
        }
    }

    static Result finish(RunningProcess process) throws InterruptedException {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        while (true) {
            switch (process.next(TIMEOUT)) {
                case Output(var channel, var bytes) -> (channel == Channel.STDERR ? err : out).writeBytes(bytes);
                case Exited exited -> {
                    return new Result(out.toString(UTF_8), err.toString(UTF_8), exited);
                }
                case null -> throw new AssertionError("no event in time; output so far: " + out.toString(UTF_8));
            }
        }
    }

    /** Reads until the output so far contains the text. */
    static String until(RunningProcess process, String text) throws InterruptedException {
        var out = new ByteArrayOutputStream();
        while (!out.toString(UTF_8).contains(text)) {
            switch (process.next(TIMEOUT)) {
                case Output(var _, var bytes) -> out.writeBytes(bytes);
                case Exited exited -> throw new AssertionError(exited + " after " + out.toString(UTF_8));
                case null -> throw new AssertionError("no event in time; output so far: " + out.toString(UTF_8));
            }
        }
        return out.toString(UTF_8);
    }

    void awaitEnd(String pid) {
        while (new Shell(container.exec()).run("kill -0 $1", pid).status() == 0) {
            Thread.onSpinWait();
        }
    }

    static Reason refusal(ThrowingCallable call) {
        var refusal = catchThrowableOfType(OperationException.class, call);
        assertThat(refusal).as("a refusal").isNotNull();
        return refusal.reason();
    }
}
