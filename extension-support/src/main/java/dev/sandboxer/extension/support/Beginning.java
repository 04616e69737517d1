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
 * How a launched process began, which the launch script tells first in its output.
 *
 * @param began when, as in {@code /proc}
 * @param directory its working directory
 * @param output what it said by then
 */
record Beginning(int pid, String began, String directory, List<Output> output) {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int LONGEST_TALE = 64 << 10;
    private static final int MOST_OUTPUT = 16 << 20;

    private static final Pattern BEGUN = Pattern.compile("\\+ ([1-9][0-9]{0,8}) ([0-9]{1,20}) (/.*)", Pattern.DOTALL);
    private static final Pattern REFUSED = Pattern.compile("- ([A-Z_]{1,30}) (.*)", Pattern.DOTALL);
    private static final Pattern FAILED = Pattern.compile("= failed ([0-9]{1,3}) (.*)", Pattern.DOTALL);

    /**
     * Waits until the process runs its own program.
     *
     * @throws OperationException when the script says that it can't
     */
    static Beginning await(Execution execution, String mark) {
        var others = new ArrayList<Output>();
        var first = new ByteArrayOutputStream();
        var size = 0;
        var end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            switch (next(execution, Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
                case Output output -> {
                    size += output.bytes().length;
                    if (output.channel() == Channel.STDERR) {
                        others.add(output);
                    } else {
                        first.writeBytes(output.bytes());
                        var said = first.toByteArray();
                        var stop = indexOfNul(said);
                        if (stop >= 0) {
                            var rest = Arrays.copyOfRange(said, stop + 1, said.length);
                            others.add(new Output(output.channel(), rest));
                            return read(new String(said, 0, stop, StandardCharsets.UTF_8), mark, others);
                        }
                    }
                    if (first.size() > LONGEST_TALE || size > MOST_OUTPUT) {
                        throw strange();
                    }
                }
                case ProcessEvent.Exited exited ->
                    throw ErrorText.refusal("starting a command", exited.status(), errors(others));
            }
        }
    }

    private static ProcessEvent next(Execution execution, Duration timeout) {
        try {
            var event = execution.next(timeout);
            if (event == null) {
                throw ExtensionException.unknown(Kind.TRANSIENT, "a command inside did not start", null);
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

    private static Beginning read(String tale, String mark, List<Output> output) {
        if (!tale.startsWith(mark)) {
            throw strange();
        }
        var said = tale.substring(mark.length());
        var begun = BEGUN.matcher(said);
        if (begun.matches()) {
            return new Beginning(Integer.parseInt(begun.group(1)), begun.group(2), begun.group(3), output);
        }
        var refused = REFUSED.matcher(said);
        if (refused.matches()) {
            throw new OperationException(
                    reason(refused.group(1)), refused.group(2).strip());
        }
        var failed = FAILED.matcher(said);
        if (failed.matches()) {
            throw ErrorText.refusal("starting a command", Integer.parseInt(failed.group(1)), failed.group(2));
        }
        throw strange();
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

    private static OperationException strange() {
        return new OperationException(Reason.IO, "starting a command: the sandbox answers strangely");
    }
}
