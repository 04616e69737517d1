package dev.sandboxer.protocol.e2b;

import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * The status text of a process that a signal ended, such as {@code signal: killed}. E2B's daemon uses the texts of Go's packages
 * {@code os} and {@code syscall} on Linux. Clients show the text, and some compare it.
 */
public final class SignalStatus {
    /** Signals 1 to 31 in order. Go has no names for higher ones. */
    private static final List<String> NAMES = List.of(
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

    private static final Pattern STATUS = Pattern.compile("signal: (.+?)(?: \\(core dumped\\))?");
    private static final Pattern NUMBER = Pattern.compile("signal ([0-9]{1,3})");

    private SignalStatus() {}

    /** Returns the status of a process that this signal ended. */
    public static String format(int signal) {
        return "signal: " + (signal >= 1 && signal <= NAMES.size() ? NAMES.get(signal - 1) : "signal " + signal);
    }

    /** Returns the signal in a status; empty if the status isn't about a signal, or has a name that Go doesn't use. */
    public static OptionalInt parse(String status) {
        var match = STATUS.matcher(status);
        if (!match.matches()) {
            return OptionalInt.empty();
        }
        var name = match.group(1);
        var index = NAMES.indexOf(name);
        if (index >= 0) {
            return OptionalInt.of(index + 1);
        }
        var number = NUMBER.matcher(name);
        return number.matches() ? OptionalInt.of(Integer.parseInt(number.group(1))) : OptionalInt.empty();
    }
}
