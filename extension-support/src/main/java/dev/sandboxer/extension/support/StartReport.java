package dev.sandboxer.extension.support;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessEvent.Channel;
import dev.sandboxer.extension.session.ProcessEvent.Output;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The launch script's report that a process has started. Precedes all output of the process.
 *
 * @param startTime when the process started, in clock ticks since boot as in {@code /proc/PID/stat}
 * @param directory its working directory
 * @param output its output before the report was complete
 */
record StartReport(int pid, String startTime, String directory, List<Output> output) {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int MAX_REPORT_BYTES = 64 << 10;
    private static final int MAX_OUTPUT_BYTES = 16 << 20;

    private static final Pattern STARTED = Pattern.compile("\\+ ([1-9][0-9]{0,8}) ([0-9]{1,20}) (/.*)", Pattern.DOTALL);
    private static final Pattern REFUSED = Pattern.compile("- ([A-Z_]{1,30}) (.*)", Pattern.DOTALL);
    private static final Pattern FAILED = Pattern.compile("= failed ([0-9]{1,3}) (.*)", Pattern.DOTALL);

    /**
     * Waits until the process executes its own program.
     *
     * @throws OperationException when the script reports that the process can't start
     */
    static StartReport await(Execution execution, String mark) {
        var output = new ArrayList<Output>();
        var report = new ByteArrayOutputStream();
        var size = 0;
        var deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            switch (next(execution, Duration.ofNanos(Math.max(0, deadline - System.nanoTime())))) {
                case Output piece -> {
                    size += piece.bytes().length;
                    if (piece.channel() == Channel.STDERR) {
                        output.add(piece);
                    } else {
                        report.writeBytes(piece.bytes());
                        var bytes = report.toByteArray();
                        var end = indexOfNul(bytes);
                        if (end >= 0) {
                            output.add(new Output(piece.channel(), Arrays.copyOfRange(bytes, end + 1, bytes.length)));
                            return parse(new String(bytes, 0, end, StandardCharsets.UTF_8), mark, output);
                        }
                    }
                    if (report.size() > MAX_REPORT_BYTES || size > MAX_OUTPUT_BYTES) {
                        throw unexpected();
                    }
                }
                case ProcessEvent.Exited exited ->
                    throw ErrorText.refusal("starting a command", exited.status(), errors(output));
            }
        }
    }

    private static ProcessEvent next(Execution execution, Duration timeout) {
        try {
            var event = execution.next(timeout);
            if (event == null) {
                throw ExtensionException.unknown(Kind.TRANSIENT, "a command inside did not start in time", null);
            }
            return event;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ExtensionException.unknown(Kind.TRANSIENT, "interrupted", e);
        }
    }

    private static int indexOfNul(byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                return i;
            }
        }
        return -1;
    }

    private static StartReport parse(String text, String mark, List<Output> output) {
        if (!text.startsWith(mark)) {
            throw unexpected();
        }
        var report = text.substring(mark.length());
        var started = STARTED.matcher(report);
        if (started.matches()) {
            return new StartReport(Integer.parseInt(started.group(1)), started.group(2), started.group(3), output);
        }
        var refused = REFUSED.matcher(report);
        if (refused.matches()) {
            throw new OperationException(
                    reason(refused.group(1)), refused.group(2).strip());
        }
        var failed = FAILED.matcher(report);
        if (failed.matches()) {
            throw ErrorText.refusal("starting a command", Integer.parseInt(failed.group(1)), failed.group(2));
        }
        throw unexpected();
    }

    private static Reason reason(String name) {
        return Arrays.stream(Reason.values())
                .filter(it -> it.name().equals(name))
                .findFirst()
                .orElse(Reason.IO);
    }

    private static String errors(List<Output> output) {
        var errors = new ByteArrayOutputStream();
        output.forEach(it -> errors.writeBytes(it.bytes()));
        return errors.toString(StandardCharsets.UTF_8);
    }

    private static OperationException unexpected() {
        return new OperationException(Reason.IO, "starting a command: the sandbox returned unexpected output");
    }
}
