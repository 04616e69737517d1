package dev.sandboxer.http.e2b.envd;

import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.extension.ProcessEvent;
import dev.sandboxer.extension.ProcessInfo;
import dev.sandboxer.extension.ProcessSelector;
import dev.sandboxer.extension.PtySize;
import dev.sandboxer.extension.Signal;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The messages of E2B's {@code process.Process} as JSON. Source: {@code spec/envd/process/process.proto}. */
final class ProcessMessages {
    private ProcessMessages() {}

    record Config(
            @Nullable String cmd,
            @Nullable List<String> args,
            @Nullable Map<String, String> envs,
            @Nullable String cwd) {
        /** What JSON reads as a list of texts may hold null all the same. */
        void check() {
            if (cmd == null || cmd.isEmpty()) {
                throw new ConnectException(ConnectCode.INVALID_ARGUMENT, "process.cmd is required");
            }
            requireTexts("process.args", args == null ? List.of() : args);
            requireTexts("process.envs", envs == null ? List.of() : envs.values());
        }

        private static void requireTexts(String name, Collection<String> texts) {
            if (texts.stream().anyMatch(Objects::isNull)) {
                throw new ConnectException(ConnectCode.INVALID_ARGUMENT, name + " may not hold null");
            }
        }
    }

    record Pty(@Nullable Size size) {
        PtySize toSize() {
            if (size == null) {
                throw new ConnectException(ConnectCode.INVALID_ARGUMENT, "a pty needs a size");
            }
            // a client on a terminal without a size says 0
            return new PtySize(size.cols == 0 ? 80 : size.cols, size.rows == 0 ? 24 : size.rows);
        }
    }

    record Size(int cols, int rows) {}

    record Start(
            @Nullable Config process,
            @Nullable Pty pty,
            @Nullable String tag,
            @Nullable Boolean stdin) {}

    record Selector(@Nullable Integer pid, @Nullable String tag) {
        static ProcessSelector required(@Nullable Selector selector) {
            if (selector != null && selector.pid != null) {
                return ProcessSelector.pid(selector.pid);
            }
            if (selector != null && selector.tag != null && !selector.tag.isEmpty()) {
                return ProcessSelector.tag(selector.tag);
            }
            throw new ConnectException(ConnectCode.INVALID_ARGUMENT, "the process has to be named by pid or tag");
        }
    }

    record Connect(@Nullable Selector process) {}

    record Input(byte @Nullable [] stdin, byte @Nullable [] pty) {
        byte[] bytes() {
            return Objects.requireNonNullElse(stdin, Objects.requireNonNullElse(pty, new byte[0]));
        }

        /** A terminal takes {@code pty} and a pipe {@code stdin}. Of a process that isn't there the write says so. */
        void requireFor(ProcessSelector selector, List<ProcessInfo> there) {
            for (ProcessInfo process : there) {
                if (selector.names(process) && (process.pty() ? stdin : pty) != null) {
                    throw new ConnectException(
                            ConnectCode.INTERNAL,
                            process.pty()
                                    ? "the process has a terminal: send pty, not stdin"
                                    : "the process has no terminal: send stdin, not pty");
                }
            }
        }
    }

    record SendInput(@Nullable Selector process, @Nullable Input input) {}

    record StreamInput(@Nullable Connect start, @Nullable SendInput data) {}

    /**
     * A signal for a process.
     *
     * @param signal an enum, which in Protobuf's JSON is a name or a number
     */
    record SendSignal(@Nullable Selector process, @Nullable JsonNode signal) {
        Signal toSignal() {
            return switch (signal == null ? "" : signal.asString("")) {
                case "SIGNAL_SIGTERM", "15" -> Signal.TERM;
                case "SIGNAL_SIGKILL", "9" -> Signal.KILL;
                default ->
                    throw new ConnectException(
                            ConnectCode.UNIMPLEMENTED, "only SIGNAL_SIGTERM and SIGNAL_SIGKILL can be sent");
            };
        }
    }

    record Update(@Nullable Selector process, @Nullable Pty pty) {}

    /** One that has exactly one of these. */
    record Event(
            @Nullable Started start,
            @Nullable Data data,
            @Nullable End end,
            @Nullable Map<String, String> keepalive) {
        static final Event KEEPALIVE = new Event(null, null, null, Map.of());
    }

    record Message(Event event) {
        static Message started(int pid) {
            return new Message(new Event(new Started(pid), null, null, null));
        }

        static Message output(ProcessEvent.Output output) {
            var data = switch (output.channel()) {
                case STDOUT -> new Data(output.bytes(), null, null);
                case STDERR -> new Data(null, output.bytes(), null);
                case PTY -> new Data(null, null, output.bytes());
            };
            return new Message(new Event(null, data, null, null));
        }

        static Message exited(ProcessEvent.Exited exited) {
            return new Message(new Event(null, null, End.of(exited), null));
        }

        static Message keepalive() {
            return new Message(Event.KEEPALIVE);
        }
    }

    record Started(int pid) {}

    @SuppressWarnings("ArrayRecordComponent") // written, never compared
    record Data(byte @Nullable [] stdout, byte @Nullable [] stderr, byte @Nullable [] pty) {}

    /** As Go's os/exec words it, which the clients show and E2B's own command line matches on. */
    record End(
            int exitCode,
            boolean exited,
            String status,
            @Nullable String error) {
        static End of(ProcessEvent.Exited exited) {
            if (exited.signal() != 0) {
                var status = "signal: " + signalText(exited.signal());
                return new End(-1, false, status, status);
            }
            var status = "exit status " + exited.code();
            return new End(exited.code(), true, status, exited.code() == 0 ? null : status);
        }
    }

    /** As Go's syscall package words them for Linux, from 1 on. */
    private static final List<String> SIGNALS = List.of(
            "hangup",
            "interrupt",
            "quit",
            "illegal instruction",
            "trace/breakpoint trap",
            "aborted",
            "bus error",
            "floating point exception",
            "killed",
            "user defined signal 1",
            "segmentation fault",
            "user defined signal 2",
            "broken pipe",
            "alarm clock",
            "terminated",
            "stack fault",
            "child exited",
            "continued",
            "stopped (signal)",
            "stopped",
            "stopped (tty input)",
            "stopped (tty output)",
            "urgent I/O condition",
            "CPU time limit exceeded",
            "file size limit exceeded",
            "virtual timer expired",
            "profiling timer expired",
            "window changed",
            "I/O possible",
            "power failure",
            "bad system call");

    private static String signalText(int signal) {
        return signal >= 1 && signal <= SIGNALS.size() ? SIGNALS.get(signal - 1) : "signal " + signal;
    }

    record Process(Config config, int pid, @Nullable String tag) {
        static Process of(ProcessInfo info) {
            var argv = info.argv();
            return new Process(
                    new Config(argv.getFirst(), argv.subList(1, argv.size()), info.env(), info.cwd()),
                    info.pid(),
                    info.tag());
        }
    }

    record Processes(List<Process> processes) {}
}
