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

/** Reads a process's events and keeps its output. */
public final class Transcript {
    private final RunningProcess process;
    private final Duration timeout;
    private final Map<Channel, ByteArrayOutputStream> output = new EnumMap<>(Channel.class);

    /**
     * Begins to listen to a process.
     *
     * @param process the process to listen to
     * @param timeout how long the process may be silent
     */
    public Transcript(RunningProcess process, Duration timeout) {
        this.process = process;
        this.timeout = timeout;
    }

    /**
     * Reads until the output so far contains the text on one channel.
     *
     * @param text what it has to say
     * @return this
     */
    public Transcript until(String text) {
        while (output.values().stream().noneMatch(bytes -> bytes.toString(UTF_8).contains(text))) {
            switch (next()) {
                case Output piece -> keep(piece);
                case Exited end -> throw new AssertionError("ended without \"" + text + "\": " + captured(end));
            }
        }
        return this;
    }

    /**
     * Standard output until now.
     *
     * @return the output
     */
    public String soFar() {
        var bytes = output.get(Channel.STDOUT);
        return bytes == null ? "" : bytes.toString(UTF_8);
    }

    /** {@return all that it said, and how it ended} */
    public Captured toEnd() {
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

    private Captured captured(Exited end) {
        var bytes = new EnumMap<Channel, byte[]>(Channel.class);
        output.forEach((channel, buffer) -> bytes.put(channel, buffer.toByteArray()));
        return new Captured(bytes, end);
    }
}
