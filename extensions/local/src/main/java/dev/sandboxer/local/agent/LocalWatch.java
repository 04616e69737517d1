package dev.sandboxer.local.agent;

import dev.sandboxer.extension.session.FileEvent;
import dev.sandboxer.extension.session.FileWatch;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A watched directory of a local sandbox. */
final class LocalWatch implements FileWatch {
    private static final FileEvent.Kind[] KINDS = FileEvent.Kind.values();

    private final EventQueue<FileEvent> events;

    LocalWatch(AgentConnection connection, String path) {
        this.events = new EventQueue<>(connection, "local-watch", frame -> event(frame, path), event -> false);
    }

    private static FileEvent event(Frame frame, String path) {
        if (frame.type() == FrameType.END) {
            throw new OperationException(Reason.NOT_FOUND, "the watched directory is gone: " + path);
        }
        if (frame.type() != FrameType.EVENT) {
            throw Frame.protocolError("type " + frame.type() + " in a watch");
        }
        var kind = frame.u8();
        if (kind < 1 || kind > KINDS.length) {
            throw Frame.protocolError("event kind " + kind);
        }
        var name = frame.str();
        return new FileEvent(KINDS[kind - 1], name, frame.u8() == 0 ? null : EntryReader.read(frame));
    }

    @Override
    public @Nullable FileEvent next(@Nullable Duration timeout) throws InterruptedException {
        return events.next(timeout);
    }

    @Override
    public void close() {
        events.close();
    }
}
