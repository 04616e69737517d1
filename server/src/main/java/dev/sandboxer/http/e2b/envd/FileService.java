package dev.sandboxer.http.e2b.envd;

import com.google.protobuf.Message;
import dev.sandboxer.extension.session.FileWatch;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.http.AnswerCutException;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.protocol.e2b.FilesystemProto.CreateWatcherRequest;
import dev.sandboxer.protocol.e2b.FilesystemProto.GetWatcherEventsRequest;
import dev.sandboxer.protocol.e2b.FilesystemProto.ListDirRequest;
import dev.sandboxer.protocol.e2b.FilesystemProto.MakeDirRequest;
import dev.sandboxer.protocol.e2b.FilesystemProto.MakeDirResponse;
import dev.sandboxer.protocol.e2b.FilesystemProto.MoveRequest;
import dev.sandboxer.protocol.e2b.FilesystemProto.MoveResponse;
import dev.sandboxer.protocol.e2b.FilesystemProto.RemoveRequest;
import dev.sandboxer.protocol.e2b.FilesystemProto.RemoveResponse;
import dev.sandboxer.protocol.e2b.FilesystemProto.RemoveWatcherRequest;
import dev.sandboxer.protocol.e2b.FilesystemProto.StatRequest;
import dev.sandboxer.protocol.e2b.FilesystemProto.StatResponse;
import dev.sandboxer.protocol.e2b.FilesystemProto.WatchDirRequest;
import dev.sandboxer.protocol.e2b.FilesystemProto.WatchDirResponse;
import java.io.IOException;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Answers E2B's service {@code filesystem.Filesystem}. */
final class FileService {
    private final Watchers watchers;
    private final AnswerSpace space;
    private final InstantSource clock;

    FileService(Watchers watchers, AnswerSpace space, InstantSource clock) {
        this.watchers = watchers;
        this.space = space;
        this.clock = clock;
    }

    private interface FileWork {
        Message on(SandboxFiles files, @Nullable String user);
    }

    void answer(String method, Rpc rpc) throws IOException {
        switch (method) {
            case "Stat" -> rpc.unary(StatRequest.getDefaultInstance(), request -> stat(rpc, request));
            case "MakeDir" -> rpc.unary(MakeDirRequest.getDefaultInstance(), request -> makeDir(rpc, request));
            case "Remove" -> rpc.unary(RemoveRequest.getDefaultInstance(), request -> remove(rpc, request));
            case "Move" -> rpc.unary(MoveRequest.getDefaultInstance(), request -> move(rpc, request));
            case "ListDir" ->
                rpc.list(
                        ListDirRequest.getDefaultInstance(),
                        "entries",
                        space,
                        (request, answer) -> listDir(rpc, request, answer));
            case "WatchDir" ->
                rpc.streaming(
                        WatchDirRequest.getDefaultInstance(), (request, stream) -> watchDir(rpc, request, stream));
            case "CreateWatcher" ->
                rpc.unary(CreateWatcherRequest.getDefaultInstance(), request -> createWatcher(rpc, request));
            case "GetWatcherEvents" ->
                rpc.unary(
                        GetWatcherEventsRequest.getDefaultInstance(),
                        request -> watchers.events(rpc.sandbox(), request.getWatcherId()));
            case "RemoveWatcher" ->
                rpc.unary(
                        RemoveWatcherRequest.getDefaultInstance(),
                        request -> watchers.remove(rpc.sandbox(), request.getWatcherId()));
            default -> throw new E2bException(404, "filesystem.Filesystem has no method " + method);
        }
    }

    private Message files(Rpc rpc, FileWork work) throws IOException {
        var user = rpc.user();
        return rpc.call().answer(session -> work.on(session.files(), user));
    }

    private Message stat(Rpc rpc, StatRequest request) throws IOException {
        return files(rpc, (files, user) -> {
            var entry = files.stat(SandboxPaths.check(request.getPath()), user);
            return StatResponse.newBuilder().setEntry(FileMessages.entry(entry)).build();
        });
    }

    private Message makeDir(Rpc rpc, MakeDirRequest request) throws IOException {
        return files(rpc, (files, user) -> {
            var entry = files.makeDirectory(SandboxPaths.check(request.getPath()), user);
            return MakeDirResponse.newBuilder()
                    .setEntry(FileMessages.entry(entry))
                    .build();
        });
    }

    private Message remove(Rpc rpc, RemoveRequest request) throws IOException {
        return files(rpc, (files, user) -> {
            files.remove(SandboxPaths.check(request.getPath()), user);
            return RemoveResponse.getDefaultInstance();
        });
    }

    private Message move(Rpc rpc, MoveRequest request) throws IOException {
        return files(rpc, (files, user) -> {
            var moved = files.move(
                    SandboxPaths.check(request.getSource()), SandboxPaths.check(request.getDestination()), user);
            return MoveResponse.newBuilder().setEntry(FileMessages.entry(moved)).build();
        });
    }

    private static void listDir(Rpc rpc, ListDirRequest request, ListAnswer answer) throws IOException {
        var user = rpc.user();
        var path = SandboxPaths.check(request.getPath());
        var levels = FileMessages.levels(request.getDepth());
        rpc.call().answer(session -> {
            session.files().list(path, levels, user, entry -> answer.add(FileMessages.entry(entry)));
            return true;
        });
    }

    private Message createWatcher(Rpc rpc, CreateWatcherRequest request) throws IOException {
        // a watch has a connection of its own, so it outlives this session
        return files(rpc, (files, user) -> {
            var path = SandboxPaths.check(request.getPath());
            return watchers.add(
                    rpc.sandbox(), files.watch(path, user, request.getRecursive(), request.getIncludeEntry()));
        });
    }

    private void watchDir(Rpc rpc, WatchDirRequest request, RpcStream stream) throws IOException {
        var user = rpc.user();
        var time = CallDeadline.of(rpc, clock);
        rpc.call().stream(session -> {
            var path = SandboxPaths.check(request.getPath());
            try (var watch = session.files().watch(path, user, request.getRecursive(), request.getIncludeEntry())) {
                pump(watch, stream, time);
            }
            return true;
        });
    }

    private static void pump(FileWatch watch, RpcStream stream, CallDeadline time) throws IOException {
        stream.send(FileMessages.START);
        try {
            while (true) {
                var event = watch.next(time.nextWait());
                stream.send(
                        event == null
                                ? FileMessages.KEEPALIVE
                                : WatchDirResponse.newBuilder()
                                        .setFilesystem(FileMessages.event(event))
                                        .build());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AnswerCutException("the server is shutting down", e);
        }
    }
}
