package dev.sandboxer.http.modal.router.files;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.extension.session.SandboxFiles.OpenFile;
import dev.sandboxer.http.modal.router.exec.CommandStreams;
import dev.sandboxer.http.modal.router.exec.Output;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Prints a file. Clients read the output only after the command's end, so a long file isn't kept on this server: each read by a client
 * fetches it from the sandbox, from the requested byte on.
 */
final class ReadFile implements FileCommand.Operation {
    private static final long LIMIT = 5L << 30;
    private static final int SMALL = 256 << 10;
    private static final int PIECE = 256 << 10;

    private final String path;

    /** The length of a long file; 0 if the file was printed as a whole; Long.MAX_VALUE if unknown, as of some files in /proc. */
    private final CompletableFuture<Long> length = new CompletableFuture<>();

    ReadFile(String path) {
        this.path = path;
    }

    @Override
    public void run(SandboxFiles files, CommandStreams streams) throws IOException, InterruptedException {
        try (var file = open(files, 0, Long.MAX_VALUE)) {
            var size = file.entry().size();
            if (size > LIMIT) {
                throw new FileFailure(
                        FileFailure.FILE_TOO_LARGE,
                        "file is " + size + " bytes, which exceeds the " + LIMIT + " byte limit");
            }
            var beginning = file.content().readNBytes(SMALL);
            if (beginning.length < SMALL || file.content().read() < 0) {
                streams.stdout(beginning);
            } else {
                length.complete(size > SMALL ? size : Long.MAX_VALUE);
            }
        } finally {
            length.complete(0L);
        }
    }

    /** Opens the file at the path, or the target of a link, whose own entry would have the size of the link. */
    private OpenFile open(SandboxFiles files, long offset, long count) throws IOException {
        var file = files.read(path, FileTool.USER, offset, count);
        var target = file.entry().linkTarget();
        if (target == null) {
            return file;
        }
        file.close();
        return files.read(target, FileTool.USER, offset, count);
    }

    @Override
    public Output stdout(Output written, Sandboxes sandboxes, Sandbox sandbox) {
        return (offset, sink) -> {
            var size = awaitLength();
            if (size == 0) {
                written.transfer(offset, sink);
            } else if (offset > size) {
                throw Status.OUT_OF_RANGE
                        .withDescription("the file has " + size + " bytes, not " + offset)
                        .asRuntimeException();
            } else {
                sandboxes.use(sandbox, session -> {
                    send(session.files(), offset, size, sink);
                    return true;
                });
            }
        };
    }

    private long awaitLength() throws InterruptedException {
        try {
            return length.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void send(SandboxFiles files, long offset, long size, Output.Sink sink) throws InterruptedException {
        var most = Math.min(size, LIMIT);
        var position = offset;
        try (var file = open(files, offset, most - offset)) {
            for (var piece = next(file, most - position); !piece.isEmpty(); piece = next(file, most - position)) {
                sink.accept(position, piece);
                position += piece.size();
            }
        } catch (IOException | OperationException e) {
            throw changed(String.valueOf(e.getMessage()));
        }
        if (position < size && size != Long.MAX_VALUE) {
            throw changed("it became shorter");
        }
    }

    private static ByteString next(OpenFile file, long left) throws IOException {
        var bytes = new byte[(int) Math.min(PIECE, left)];
        var count = file.content().readNBytes(bytes, 0, bytes.length);
        return UnsafeByteOperations.unsafeWrap(count == bytes.length ? bytes : Arrays.copyOf(bytes, count));
    }

    private static StatusRuntimeException changed(String how) {
        return Status.DATA_LOSS
                .withDescription("the file changed while it was read: " + how)
                .asRuntimeException();
    }
}
