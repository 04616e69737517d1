package dev.sandboxer.e2b.envd;

import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.FileEvent;
import dev.sandboxer.extension.session.FileEvent.Kind;
import dev.sandboxer.extension.session.FileWatch;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.protocol.e2b.FilesystemProto.EventType;
import dev.sandboxer.protocol.e2b.FilesystemProto.FilesystemEvent;
import dev.sandboxer.protocol.e2b.FilesystemProto.WatchDirResponse;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A watch of a directory: {@code WatchDir} of e2b-dev/E2B, {@code spec/envd/filesystem/filesystem.proto}. */
final class E2bWatch implements FileWatch {
    private final EventQueue<WatchDirResponse, FileEvent> events;
    private boolean overflowed;

    private E2bWatch(EventQueue<WatchDirResponse, FileEvent> events) {
        this.events = events;
    }

    /**
     * Waits until the sandbox watches.
     *
     * @param entries converts the entries in events; null = events without entries
     */
    static FileWatch begin(
            EnvdClient client, ConnectStream<WatchDirResponse> stream, String path, @Nullable FileEntries entries) {
        try {
            var first = stream.next();
            if (first == null || !first.hasStart()) {
                throw new IOException("the stream does not begin with the start of a watch");
            }
        } catch (ConnectException e) {
            stream.close();
            throw client.refused(e);
        } catch (IOException e) {
            stream.close();
            throw client.connectionLost(e);
        }
        return new E2bWatch(new EventQueue<>(stream, "e2b-watch", new Decoder(client, path, entries)));
    }

    private record Decoder(
            EnvdClient client, String path, @Nullable FileEntries entries)
            implements EventQueue.Decoder<WatchDirResponse, FileEvent> {
        @Override
        public @Nullable FileEvent event(WatchDirResponse message) throws IOException {
            var event = message.getFilesystem(); // empty in a keep-alive
            var kind = kind(event.getType());
            if (kind == null) {
                return null;
            }
            var name = event.getName();
            if (kind == Kind.REMOVE && (name.isEmpty() || name.equals("."))) {
                throw new OperationException(Reason.NOT_FOUND, path + " was removed");
            }
            return new FileEvent(kind, name, entry(event));
        }

        private @Nullable FileEntry entry(FilesystemEvent event) throws IOException {
            return entries == null || !event.hasEntry() ? null : entries.of(event.getEntry());
        }

        /** Null = unknown type, from a newer version. */
        private static @Nullable Kind kind(EventType type) {
            return switch (type) {
                case EVENT_TYPE_CREATE -> Kind.CREATE;
                case EVENT_TYPE_WRITE -> Kind.WRITE;
                case EVENT_TYPE_REMOVE -> Kind.REMOVE;
                case EVENT_TYPE_RENAME -> Kind.RENAME;
                case EVENT_TYPE_CHMOD -> Kind.CHMOD;
                case EVENT_TYPE_UNSPECIFIED, UNRECOGNIZED -> null;
            };
        }

        /** An overflow ends the watch; the reader has to list the directory again. */
        @Override
        public boolean isLast(FileEvent event) {
            return event.kind() == Kind.OVERFLOW;
        }

        @Override
        public FileEvent ended(ConnectException e) {
            if (e.code() == ConnectCode.RESOURCE_EXHAUSTED) {
                return new FileEvent(Kind.OVERFLOW, "", null);
            }
            var refusal = client.refused(e);
            throw refusal instanceof ConnectException cause ? EnvdErrorMapper.ofFiles(cause, path) : refusal;
        }

        @Override
        public RuntimeException endedEarly() {
            return client.connectionLost(new IOException("the watch of " + path + " ended early"));
        }

        @Override
        public ExtensionException broken(IOException e) {
            return client.connectionLost(e);
        }
    }

    @Override
    public @Nullable FileEvent next(@Nullable Duration timeout) throws InterruptedException {
        if (overflowed) {
            throw ExtensionException.notApplied(
                    ExtensionException.Kind.TRANSIENT,
                    "the watch has ended, because events were lost; start a new one");
        }
        var event = events.next(timeout);
        overflowed = event != null && event.kind() == Kind.OVERFLOW;
        return event;
    }

    @Override
    public void close() {
        events.close();
    }
}
