package dev.sandboxer.http.modal.router.legacy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.sandboxer.extension.session.FileType;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.http.modal.router.exec.Output;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFileOpenRequest;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFileRmRequest;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFileWriteRequest;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFilesystemExecRequest;
import io.grpc.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Carries out file requests, and keeps each result for the call that fetches it. An open file is a copy on this server, which is written
 * back and closed when nobody has used it for a while. Thread-safe.
 */
public final class LegacyFiles implements AutoCloseable {
    private static final Duration RESULTS_KEPT = Duration.ofMinutes(5);
    private static final Duration FILES_KEPT = Duration.ofMinutes(30);
    private static final int MAX_OPEN_PER_SANDBOX = 16;
    private static final int MAX_OPEN = 256;
    private static final int MAX_RESULTS = 20_000;

    /** The most characters of the names in a directory; limited because a result is kept in memory until it is fetched. */
    private static final int MAX_LIST_LENGTH = 4 << 20;

    /** The number of characters that each name counts towards {@link #MAX_LIST_LENGTH}, in addition to its own length. */
    private static final int NAME_COST = 40;

    private static final int PIECE = 1 << 20;

    private final Sandboxes sandboxes;
    private final InstantSource clock;
    private final Map<String, Timed<OpenedFile>> open = new ConcurrentHashMap<>();
    private final Map<String, Timed<Result>> results = new ConcurrentHashMap<>();

    public LegacyFiles(Sandboxes sandboxes, InstantSource clock) {
        this.sandboxes = sandboxes;
        this.clock = clock;
    }

    private record Timed<T>(T value, Instant at) {}

    /**
     * The result of a request.
     *
     * @param consumer the owner, who alone may fetch it
     * @param error the failure; null = the request succeeded
     */
    public record Result(
            String consumer, Output output, @Nullable FileError error) {}

    /**
     * The reference to a result.
     *
     * @param descriptor the descriptor of an opened file; null = none
     */
    public record ResultRef(String execId, @Nullable String descriptor) {}

    /** Carries out a request. A failure becomes its result. */
    public ResultRef exec(Sandbox sandbox, ContainerFilesystemExecRequest request) {
        if (results.size() >= MAX_RESULTS) {
            throw Status.RESOURCE_EXHAUSTED
                    .withDescription("too many results wait to be fetched; try again later")
                    .asRuntimeException();
        }
        var descriptor = request.hasFileOpenRequest() ? UUID.randomUUID().toString() : null;
        Result result;
        try {
            var output = sandboxes.<Output, RuntimeException>use(
                    sandbox, session -> operate(sandbox, session.files(), request, descriptor));
            result = new Result(sandbox.consumer(), output, null);
        } catch (FileError e) {
            result = new Result(sandbox.consumer(), Output.EMPTY, e);
        }
        var id = UUID.randomUUID().toString();
        results.put(id, new Timed<>(result, clock.instant()));
        return new ResultRef(id, descriptor);
    }

    /** Returns the result of a consumer's request; empty if it isn't kept. */
    public Optional<Result> result(String consumer, String execId) {
        return Optional.ofNullable(results.get(execId))
                .map(Timed::value)
                .filter(result -> result.consumer().equals(consumer));
    }

    private Output operate(
            Sandbox sandbox, SandboxFiles files, ContainerFilesystemExecRequest request, @Nullable String descriptor) {
        try {
            return switch (request.getFileExecRequestCase()) {
                case FILE_OPEN_REQUEST -> open(sandbox, files, request.getFileOpenRequest(), descriptor);
                case FILE_WRITE_REQUEST -> write(sandbox, files, request.getFileWriteRequest());
                case FILE_READ_REQUEST -> {
                    var read = request.getFileReadRequest();
                    yield output(requireOpen(sandbox, read.getFileDescriptor())
                            .skip(read.hasN() ? Integer.toUnsignedLong(read.getN()) : -1));
                }
                case FILE_READ_LINE_REQUEST ->
                    output(requireOpen(sandbox, request.getFileReadLineRequest().getFileDescriptor())
                            .skipLine());
                case FILE_SEEK_REQUEST -> {
                    var seek = request.getFileSeekRequest();
                    requireOpen(sandbox, seek.getFileDescriptor()).seek(seek.getOffset(), seek.getWhence());
                    yield Output.EMPTY;
                }
                case FILE_FLUSH_REQUEST -> {
                    requireOpen(sandbox, request.getFileFlushRequest().getFileDescriptor())
                            .flush(files);
                    yield Output.EMPTY;
                }
                case FILE_CLOSE_REQUEST ->
                    close(sandbox, files, request.getFileCloseRequest().getFileDescriptor());
                case FILE_LS_REQUEST -> list(files, request.getFileLsRequest().getPath());
                case FILE_MKDIR_REQUEST -> {
                    var make = request.getFileMkdirRequest();
                    yield makeDirectory(files, make.getPath(), make.getMakeParents());
                }
                case FILE_RM_REQUEST -> remove(files, request.getFileRmRequest());
                case FILE_WATCH_REQUEST, FILEEXECREQUEST_NOT_SET ->
                    throw new FileError(FileError.INVALID, "not supported by this server; use a newer client");
            };
        } catch (OperationException e) {
            throw FileError.of(e, path(request));
        } catch (IOException e) {
            throw new FileError(FileError.IO, String.valueOf(e.getMessage()));
        }
    }

    private static String path(ContainerFilesystemExecRequest request) {
        return switch (request.getFileExecRequestCase()) {
            case FILE_OPEN_REQUEST -> request.getFileOpenRequest().getPath();
            case FILE_LS_REQUEST -> request.getFileLsRequest().getPath();
            case FILE_MKDIR_REQUEST -> request.getFileMkdirRequest().getPath();
            case FILE_RM_REQUEST -> request.getFileRmRequest().getPath();
            default -> "the file";
        };
    }

    private Output open(
            Sandbox sandbox, SandboxFiles files, ContainerFileOpenRequest request, @Nullable String descriptor)
            throws IOException {
        var own = open.values().stream()
                .filter(used -> used.value().sandbox().id().equals(sandbox.id()))
                .count();
        if (own >= MAX_OPEN_PER_SANDBOX || open.size() >= MAX_OPEN) {
            throw new FileError(FileError.TOO_MANY_OPEN, "too many open files; close some");
        }
        var file = OpenedFile.open(sandbox, files, request.getPath(), OpenMode.of(request.getMode()));
        open.put(String.valueOf(descriptor), new Timed<>(file, clock.instant()));
        return Output.EMPTY;
    }

    private OpenedFile requireOpen(Sandbox sandbox, String descriptor) {
        var used = open.computeIfPresent(descriptor, (id, old) -> new Timed<>(old.value(), clock.instant()));
        if (used == null || !used.value().sandbox().id().equals(sandbox.id())) {
            throw new FileError(FileError.BAD_DESCRIPTOR, "the file is not open");
        }
        return used.value();
    }

    private Output write(Sandbox sandbox, SandboxFiles files, ContainerFileWriteRequest request) throws IOException {
        var file = requireOpen(sandbox, request.getFileDescriptor());
        if (file.write(request.getData().toByteArray())) {
            file.flush(files);
        }
        return Output.EMPTY;
    }

    private Output close(Sandbox sandbox, SandboxFiles files, String descriptor) throws IOException {
        try (var file = requireOpen(sandbox, descriptor)) {
            open.remove(descriptor);
            file.flush(files);
        }
        return Output.EMPTY;
    }

    private static Output output(OpenedFile.Range range) {
        return (offset, sink) -> {
            try {
                for (var at = range.from() + offset; at < range.to(); ) {
                    var count = (int) Math.min(PIECE, range.to() - at);
                    sink.accept(
                            at - range.from(),
                            UnsafeByteOperations.unsafeWrap(range.file().read(at, count)));
                    at += count;
                }
            } catch (IOException e) {
                throw new FileError(FileError.IO, "the file was closed before it was read");
            }
        };
    }

    private static Output list(SandboxFiles files, String path) {
        List<String> names = new ArrayList<>();
        var length = new AtomicInteger();
        files.list(path, 1, OpenedFile.USER, entry -> {
            names.add(entry.name());
            if (length.addAndGet(entry.name().length() + NAME_COST) > MAX_LIST_LENGTH) {
                throw new FileError(FileError.IO, path + ": too many entries to list; use a newer client");
            }
        });
        var json = new JsonMapper().writeValueAsString(Map.of("paths", names));
        return (offset, sink) -> sink.accept(0, ByteString.copyFrom(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static Output makeDirectory(SandboxFiles files, String path, boolean parents) {
        if (!parents) {
            var trimmed = path.replaceAll("/+$", "");
            files.stat(trimmed.substring(0, Math.max(1, trimmed.lastIndexOf('/'))), OpenedFile.USER);
        }
        try {
            files.makeDirectory(path, OpenedFile.USER);
        } catch (OperationException e) {
            if (e.reason() != Reason.ALREADY_EXISTS || !parents) {
                throw e;
            }
        }
        return Output.EMPTY;
    }

    private static Output remove(SandboxFiles files, ContainerFileRmRequest request) {
        var entry = files.stat(request.getPath(), OpenedFile.USER);
        if (entry.type() == FileType.DIRECTORY && !request.getRecursive()) {
            files.list(request.getPath(), 1, OpenedFile.USER, found -> {
                throw new FileError(FileError.NOT_EMPTY, request.getPath() + ": directory not empty");
            });
        }
        files.remove(request.getPath(), OpenedFile.USER);
        return Output.EMPTY;
    }

    /** Forgets results that nobody has fetched, and writes back and closes files that nobody uses. */
    public void sweep() {
        var now = clock.instant();
        results.values().removeIf(used -> used.at().isBefore(now.minus(RESULTS_KEPT)));
        for (Map.Entry<String, Timed<OpenedFile>> entry : open.entrySet()) {
            var used = entry.getValue();
            if (used.at().isBefore(now.minus(FILES_KEPT)) && open.remove(entry.getKey(), used)) {
                writeBackAndClose(used.value());
            }
        }
    }

    private void writeBackAndClose(OpenedFile file) {
        try (file) {
            if (file.isChanged() && sandboxes.isRunning(file.sandbox().id())) {
                sandboxes.<Boolean, IOException>use(file.sandbox(), session -> {
                    file.flush(session.files());
                    return true;
                });
            }
        } catch (IOException | RuntimeException e) {
            // no client is left to report it to
        }
    }

    @Override
    public void close() {
        for (Timed<OpenedFile> used : open.values()) {
            writeBackAndClose(used.value());
        }
        open.clear();
        results.clear();
    }
}
