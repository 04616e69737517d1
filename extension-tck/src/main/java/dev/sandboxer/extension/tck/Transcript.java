package dev.sandboxer.extension.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessEvent.Channel;
import dev.sandboxer.extension.session.ProcessEvent.Exited;
import dev.sandboxer.extension.session.ProcessEvent.Output;
import dev.sandboxer.extension.session.RunningProcess;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads the events of a process and keeps its output. Not thread-safe. */
public final class Transcript {
    private final RunningProcess process;
    private final Duration timeout;
    private final Map<Channel, ByteArrayOutputStream> output = new EnumMap<>(Channel.class);

    /**
     * Creates a reader of a process.
     *
     * @param process the process to read
     * @param timeout the longest wait for an event
     */
    public Transcript(RunningProcess process, Duration timeout) {
        this.process = process;
        this.timeout = timeout;
    }

    /**
     * Reads until the output of one channel contains a text. Fails if the process ends first.
     *
     * @param text the text to wait for
     * @return this
     */
    public Transcript until(String text) {
        while (output.values().stream().noneMatch(bytes -> bytes.toString(UTF_8).contains(text))) {
            switch (next()) {
                case Output piece -> keep(piece);
                case Exited end ->
                    throw new AssertionError("the process ended before it wrote \"" + text + "\": " + captured(end));
            }
        }
        return this;
    }

    /**
     * Returns the standard output read so far, as UTF-8.
     *
     * @return the output
     */
    public String soFar() {
        var bytes = output.get(Channel.STDOUT);
        return bytes == null ? "" : bytes.toString(UTF_8);
    }

    /** {@return all output and the exit, after reading to the end} */
    public CapturedOutput toEnd() {
        while (true) {
            switch (next()) {
                case Output piece -> keep(piece);
                case Exited end -> {
                    return captured(end);
                }
            }
        }
    }

    private ProcessEvent next() {
        var event = Events.next(process, timeout);
        if (event == null) {
            var soFar = captured(new Exited(0, 0, false)).output();
            throw new AssertionError("no event within " + timeout + "; so far: "
                    + soFar.entrySet().stream()
                            .map(e -> e.getKey() + " \"" + new String(e.getValue(), UTF_8) + "\"")
                            .collect(Collectors.joining(", ")));
        }
        return event;
    }

    private void keep(Output piece) {
        output.computeIfAbsent(piece.channel(), _ -> new ByteArrayOutputStream())
                .writeBytes(piece.bytes());
    }

    private CapturedOutput captured(Exited end) {
        var bytes = new EnumMap<Channel, byte[]>(Channel.class);
        output.forEach((channel, buffer) -> bytes.put(channel, buffer.toByteArray()));
        return new CapturedOutput(bytes, end);
    }
}
